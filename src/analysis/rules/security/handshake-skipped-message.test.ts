import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import {
  bytes,
  CLIENT_KEY_EXCHANGE,
  change,
  number,
  recordsOf,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
} from '../edit-messages.test.helper.ts';
import { at, renumbered } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const ECDHE_RSA_ANON = 'openssl-anon-ecdh-aes128-sha.pcap';

/** Record numbers of one side in epoch 0 that close up after a message was left out. */
function closedUp(d: readonly EditedDatagram[], side: 'client' | 'server', from: number): EditedDatagram[] {
  const client = at(d, 0).source.port;
  return d.map((x) =>
    (x.source.port === client) === (side === 'client')
      ? renumbered(x, ({ epoch, sequenceNumber: n }) => (epoch === 0 && n > from ? { sequenceNumber: n - 1 } : {}))
      : x,
  );
}

/** message_seq of ServerHelloDone one less: nothing was before it. */
const doneCloses = (d: readonly EditedDatagram[]): EditedDatagram[] =>
  d.map((x) => ({
    ...x,
    payload: concat(
      ...recordsOf(x.payload).map((r) =>
        r[0] === 22 && number(r, 3, 2) === 0 && r[13] === SERVER_HELLO_DONE
          ? concat(r.subarray(0, 17), Uint8Array.of(...bytes(number(r, 17, 2) - 1, 2)), r.subarray(19))
          : r,
      ),
    ),
  }));

const withoutExchange = (d: readonly EditedDatagram[]) => change(d, CLIENT_KEY_EXCHANGE, () => null);
const withoutServerKeys = (d: readonly EditedDatagram[]) => change(d, SERVER_KEY_EXCHANGE, () => null);

test('no ClientKeyExchange, and the server finishes', async () => {
  const { finding } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => closedUp(withoutExchange(d), 'client', 2),
  });
  expect(finding('handshake-skipped-message')).toMatchObject({
    severity: 'security',
    title: 'The client sends no ClientKeyExchange, and the server goes on all the same',
  });
});

test('no ServerKeyExchange, and the client goes on', async () => {
  const { finding } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => doneCloses(closedUp(withoutServerKeys(d), 'server', 3)),
  });
  expect(finding('handshake-skipped-message')?.title).toBe(
    'The server sends no ServerKeyExchange, and the client goes on all the same',
  );
});

test('data in the place of Finished, and the server answers under keys', async () => {
  const { finding } = await diagnose(CLEAN, {
    withoutKeys: true,
    edit: (d) => {
      const client = at(d, 0).source.port;
      // Application data in the place of a Finished, which has another type.
      return d.map((x) => ({
        ...x,
        payload: concat(
          ...recordsOf(x.payload).map((r) =>
            x.source.port === client && r[0] === 22 && number(r, 3, 2) === 1
              ? concat(Uint8Array.of(23), r.subarray(1))
              : r,
          ),
        ),
      }));
    },
  });
  expect(finding('handshake-skipped-message')?.title).toBe(
    'The client sends no Finished, and the server goes on all the same',
  );
});

test('near miss: the numbers show that something is missing in the capture', async () => {
  for (const edit of [withoutExchange, withoutServerKeys]) {
    const { rules } = await diagnose(CLEAN, { withoutKeys: true, edit });
    expect(rules).not.toContain('handshake-skipped-message');
  }
});

test.each([
  'openssl-resume-ticket.pcap',
  'openssl-psk-aes128-gcm.pcap',
  'openssl-rsa-aes256-sha.pcap',
  ECDHE_RSA_ANON,
  'D2_ccs_lost.pcap',
  'openssl-loss-flight5-ccsfin-only.server.pcap',
])('near miss: resumed, without keys or certificates to send, or lost (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('handshake-skipped-message');
});

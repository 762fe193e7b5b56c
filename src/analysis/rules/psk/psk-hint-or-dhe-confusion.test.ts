import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import {
  both,
  CLIENT_HELLO,
  change,
  has,
  message,
  refusedWith,
  SERVER_HELLO,
  SERVER_HELLO_DONE,
  SERVER_KEY_EXCHANGE,
  withSuites,
} from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'psk-hint-or-dhe-confusion';
const PLAIN = 'openssl-psk-aes128-gcm.pcap';
const INSUFFICIENT_SECURITY = 71;

function refused(d: readonly EditedDatagram[], code: number): EditedDatagram[] {
  const at = d.findIndex(has(SERVER_HELLO_DONE));
  const last = d[at];
  return last ? [...d.slice(0, at + 1), refusedWith(last, code)] : [...d];
}

test('key shares in the ServerKeyExchange of a plain PSK suite', async () => {
  const { headline } = await diagnose(PLAIN, {
    edit: (d) =>
      refused(
        change(d, SERVER_KEY_EXCHANGE, (body) => concat(body, Uint8Array.of(3, 0, 23, 1, 4))),
        50,
      ),
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain('key shares');
});

test('a client that wants more than plain PSK, and says insufficient_security', async () => {
  const { headline } = await diagnose(PLAIN, { edit: (d) => refused(d, INSUFFICIENT_SECURITY), withoutKeys: true });
  expect(headline).toMatchObject({ rule: RULE, certainty: 'inferred' });
});

test('an ECDHE_PSK suite without ServerKeyExchange', async () => {
  const suite = withSuites(0xd001);
  const { headline } = await diagnose('pion12-psk-ccm8.pcap', {
    edit: (d) => {
      const plain = change(change(d, CLIENT_HELLO, suite), SERVER_HELLO, both(suite));
      const without = change(plain, SERVER_KEY_EXCHANGE, () => null);
      // Its ServerHelloDone has the next number then.
      const closed = without.map((one) => (has(SERVER_HELLO_DONE)(one) ? renumbered(one) : one));
      return refused(closed, 10);
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: RULE, certainty: 'seen' });
  expect(headline?.title).toContain('leaves out');
});

function renumbered(d: EditedDatagram): EditedDatagram {
  const done = message(SERVER_HELLO_DONE, 2, new Uint8Array());
  const at = d.payload.length - done.length;
  return { ...d, payload: concat(d.payload.subarray(0, at), done) };
}

test.each([PLAIN, 'gnutls-psk-hint.pcap', 'gnutls-dhe-psk.pcap', 'pion12-psk-gcm.pcap'])(
  'near miss: %s is as the RFCs have it',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain(RULE);
  },
);

test('near miss: the ServerHello was lost, so nothing says how to read the ServerKeyExchange', async () => {
  const { rules } = await diagnose('bc-loss25-seed31.client.pcap');
  expect(rules).not.toContain(RULE);
});

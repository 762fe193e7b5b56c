import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat } from '../../../wire/text.ts';
import { bytes, message, plaintextRecord, refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'bad-fragment-header';
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HANDSHAKE = 22;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const ILLEGAL_PARAMETER = 47;

test('a fragment that goes beyond the end of its message', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => inserted(d, fragment(CERTIFICATE, 2, 10, 0, 40)) });
  expect(finding(RULE)).toMatchObject({
    severity: 'security',
    certainty: 'seen',
    title: 'The server has a fragment of bytes 0 to 39, and the message has 10 bytes',
  });
  expect(finding(RULE)?.explanation).toContain('anybody on the path may have written it');
});

test('the receiver refuses it: a failure', async () => {
  const { headline } = await diagnose(CLEAN, {
    edit: (d) => {
      const [odd, ...before] = inserted(d, fragment(CERTIFICATE, 2, 10, 0, 40))
        .slice(0, 4)
        .reverse();
      return odd ? [...before.reverse(), odd, refusedWith(odd, ILLEGAL_PARAMETER)] : [];
    },
  });
  expect(headline).toMatchObject({ rule: RULE, severity: 'failure' });
});

test('one message_seq with two lengths', async () => {
  const { finding } = await diagnose(CLEAN, {
    edit: (d) => inserted(d, plaintextRecord(HANDSHAKE, 90, message(CERTIFICATE, 2, new Uint8Array(40)))),
  });
  expect(finding(RULE)?.title).toBe('The server says that Certificate has 40 bytes, and then 499 bytes');
});

test('one message_seq with two types', async () => {
  const { finding } = await diagnose(CLEAN, {
    edit: (d) => inserted(d, plaintextRecord(HANDSHAKE, 90, message(SERVER_KEY_EXCHANGE, 2, new Uint8Array(40)))),
  });
  expect(finding(RULE)?.title).toBe('The server sends ServerKeyExchange and Certificate under one message_seq, 2');
});

test('a fragment whose bytes are not those of the message', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => inserted(d, fragment(CERTIFICATE, 2, 499, 100, 40), 4) });
  expect(finding(RULE)?.title).toBe('The server sends Certificate twice with other bytes, the first at offset 100');
});

test('an empty fragment is of no use: a note', async () => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => inserted(d, fragment(CERTIFICATE, 2, 499, 0, 0)) });
  expect(finding(RULE)).toMatchObject({ severity: 'note' });
});

test('near miss: a repeat that is cut at other places', async () => {
  for (const file of ['openssl-loss-cert-differs-on-retransmit.client.pcap', 'A4_frag_refragmented_retransmit.pcap'])
    expect((await diagnose(file)).rules).not.toContain(RULE);
});

test('near miss: cookies may change', async () => {
  expect((await diagnose('hvr-changing-cookies-recovers-openssl-dtls12.pcap')).rules).not.toContain(RULE);
});

test('near miss: a record that was cut on the way', async () => {
  expect((await diagnose('openssl-truncate-flight4.client.pcap')).rules).not.toContain(RULE);
});

/** As a further datagram of the server, before flight 4 (the fourth datagram) or after it. */
function inserted(d: readonly EditedDatagram[], payload: Uint8Array, at = 3): EditedDatagram[] {
  const like = d[3];
  if (!like) throw new Error('no flight 4');
  return [...d.slice(0, at), { ...like, payload }, ...d.slice(at)];
}

function fragment(type: number, seq: number, length: number, from: number, fragmentLength: number): Uint8Array {
  const header = Uint8Array.of(
    type,
    ...bytes(length, 3),
    ...bytes(seq, 2),
    ...bytes(from, 3),
    ...bytes(fragmentLength, 3),
  );
  return plaintextRecord(HANDSHAKE, 90, concat(header, new Uint8Array(fragmentLength).fill(0xa5)));
}

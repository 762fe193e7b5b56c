/** What the newest tshark (4.6.9) gets wrong and this project gets right, one test each. */
import { expect, test } from 'vitest';
import { toHex } from '../src/wire/text.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

test.each([
  'openssl-ecdhe-ecdsa-chacha20',
  'openssl-ecdhe-rsa-chacha20',
  'openssl-ecdhe-psk-chacha20',
  'K_dtls12_chacha20',
])('ChaCha20-Poly1305 in DTLS 1.2 opens: the epoch is part of its nonce (RFC 7905 §2): %s', async (name) => {
  const session = await openSession(`${name}.pcap`);
  addKeys(session, name.startsWith('K_') ? 'K_chacha.keys' : `${name}.keys`);
  const { associations } = session.trace();
  expect(associations[0]?.cipherSuite?.name).toContain('CHACHA20_POLY1305');
  expect(associations[0]?.records.decrypted).toBeGreaterThan(0);
  expect(associations[0]?.records.undecryptable).toBe(0);
});

test('a message whose tail arrives first is complete with its last missing fragment', async () => {
  const session = await openSession('A1_frag_tail_first.pcap');
  const [detail] = detailsOf(session);
  const certificate = detail?.messages.find((m) => m.name === 'Certificate');
  expect(certificate).toMatchObject({ complete: true, fragments: 3, length: 833 });
  const last = certificate?.records.at(-1) ?? 0;
  const message = session.record(last)?.buffers.find((b) => b.title.startsWith('Certificate'));
  // certificate_list of one certificate: a DER SEQUENCE after two three-byte lengths and the 12-byte header.
  expect(message && toHex(message.bytes.subarray(0, 22))).toMatch(/^0b000341\w{4}00000000034100033e00033b3082/);
  expect(message?.pieces).toHaveLength(3);
});

test('Finished before ChangeCipherSpec opens: the epoch of a record decides its key', async () => {
  const session = await openSession('D1_finished_before_ccs.pcap');
  addKeys(session, 'limits.keys');
  const [detail] = detailsOf(session);
  const order = detail?.records
    .filter((r) => r.sender === 'client')
    .flatMap((r) => r.contents.map((c) => (c.kind === 'handshake' ? c.name : c.kind)));
  expect(order?.indexOf('Finished')).toBeLessThan(order?.indexOf('changeCipherSpec') ?? 0);
  expect(detail?.association).toMatchObject({ outcome: 'established', records: { undecryptable: 0 } });
});

test('a lost ChangeCipherSpec costs nothing but itself', async () => {
  const session = await openSession('D2_ccs_lost.pcap');
  addKeys(session, 'limits.keys');
  expect(session.trace().associations[0]?.records).toMatchObject({ undecryptable: 0 });
});

test('without the ClientHello, the secrets of the key log are tried', async () => {
  const session = await openSession('E1_no_clienthello.pcap');
  addKeys(session, 'limits.keys');
  const [association] = session.trace().associations;
  expect(association?.records.decrypted).toBeGreaterThan(0);
  expect(association?.records.undecryptable).toBe(0);
});

test('a retransmission cut at other offsets completes the message', async () => {
  const session = await openSession('A4_frag_refragmented_retransmit.pcap');
  const certificates = detailsOf(session)[0]?.messages.filter((m) => m.name === 'Certificate');
  expect(certificates).toHaveLength(2);
  const last = certificates?.[1]?.records.at(-1) ?? 0;
  expect(session.record(last)?.buffers.some((b) => b.title.startsWith('Certificate'))).toBe(true);
});

test('a record that fails authentication says so', async () => {
  const session = await openSession('H_bad_mac.pcap');
  addKeys(session, 'limits.keys');
  const closed = detailsOf(session)[0]?.records.filter((r) => r.state === 'undecryptable');
  expect(closed).toMatchObject([{ sequenceNumber: 999, reason: 'authentication-failed' }]);
});

test('two secrets for one client random: the one that fits is used, each direction its own', async () => {
  const session = await openSession('californium-fail-psk-mismatch.pcap');
  addKeys(session, 'californium-fail-psk-mismatch.keys');
  const { associations, keys } = session.trace();
  expect(associations[0]).toMatchObject({ outcome: 'failed', records: { undecryptable: 0 } });
  expect(keys.secrets).toHaveLength(2);
});

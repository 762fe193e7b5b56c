/**
 * What tshark gets wrong (4.6.9, the newest, unless 4.0.17 is named) and this project gets right: one group for each of
 * the twelve points of the protocol notes.
 */
import { describe, expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import { toHex } from '../src/wire/text.ts';
import { bytesOf, sourceOfBytes, textOf } from './captures.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

async function opened(file: string, keys: string) {
  const session = await openSession(file);
  addKeys(session, keys);
  return session;
}

/** Decrypted and closed records over all associations. */
function count(session: Session) {
  const { associations } = session.trace();
  return {
    decrypted: associations.reduce((n, a) => n + a.records.decrypted, 0),
    closed: associations.reduce((n, a) => n + a.records.undecryptable, 0),
  };
}

describe('1. ChaCha20-Poly1305 in DTLS 1.2: the epoch is part of its nonce (RFC 7905 §2)', () => {
  test.each([
    ['openssl-ecdhe-ecdsa-chacha20.pcap', 'openssl-ecdhe-ecdsa-chacha20.keys'],
    ['openssl-ecdhe-rsa-chacha20.pcap', 'openssl-ecdhe-rsa-chacha20.keys'],
    ['openssl-ecdhe-psk-chacha20.pcap', 'openssl-ecdhe-psk-chacha20.keys'],
    ['mbedtls-cid-chacha.pcap', 'mbedtls-cid-chacha.keys'],
    ['K_dtls12_chacha20.pcap', 'K_chacha.keys'],
  ])('%s opens', async (file, keys) => {
    const session = await opened(file, keys);
    expect(session.trace().associations[0]?.cipherSuite?.name).toContain('CHACHA20_POLY1305');
    expect(count(session).decrypted).toBeGreaterThan(0);
    expect(count(session).closed).toBe(0);
  });
});

test('2. a message whose tail arrives first is complete with its last missing fragment', async () => {
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

describe('3. repeated fragments', () => {
  test('identical ones are duplicates, and nothing is malformed (4.0.17)', async () => {
    const [detail] = detailsOf(await openSession('A3_frag_retransmitted.pcap'));
    expect(detail?.association.records).toMatchObject({ malformed: 0, duplicate: 3 });
  });
  test('those cut at other offsets complete the message (4.0.17)', async () => {
    const session = await openSession('A4_frag_refragmented_retransmit.pcap');
    const certificates = detailsOf(session)[0]?.messages.filter((m) => m.name === 'Certificate');
    expect(certificates).toHaveLength(2);
    const last = certificates?.[1]?.records.at(-1) ?? 0;
    expect(session.record(last)?.buffers.some((b) => b.title.startsWith('Certificate'))).toBe(true);
  });
});

test('4. a second association on the same quartet keeps its fragments to itself', async () => {
  const session = await opened('B_same_5tuple_two_handshakes.pcap', 'limits.keys');
  const certificates = detailsOf(session).map((d) =>
    d.messages.filter((m) => m.name === 'Certificate').map((m) => m.complete),
  );
  expect(certificates).toEqual([[true], [true]]);
});

describe('5. the epoch of a record decides its key, not its place', () => {
  test('Finished before ChangeCipherSpec', async () => {
    const session = await opened('D1_finished_before_ccs.pcap', 'limits.keys');
    const [detail] = detailsOf(session);
    const order = detail?.records
      .filter((r) => r.sender === 'client')
      .flatMap((r) => r.contents.map((c) => (c.kind === 'handshake' ? c.name : c.kind)));
    expect(order?.indexOf('Finished')).toBeLessThan(order?.indexOf('changeCipherSpec') ?? 0);
    expect(detail?.association).toMatchObject({ outcome: 'established', records: { undecryptable: 0 } });
  });
  test.each([
    ['ChangeCipherSpec lost', 'D2_ccs_lost.pcap', 'limits.keys'],
    ['application data before it', 'openssl-early-appdata.client.pcap', 'openssl-early-appdata.keys'],
  ])('%s', async (_, file, keys) => {
    const session = await opened(file, keys);
    expect(count(session).closed).toBe(0);
  });
});

test('6. extended master secret, a private key and a retransmitted flight: each message is hashed once', async () => {
  const session = await openSession('rsa-lossy-retransmit.pcap');
  expect(session.addPrivateKey(textOf('rsa.pem'), 'rsa.pem').kind).toBe('added');
  expect(session.trace().associations[0]?.extendedMasterSecret).toBe(true);
  expect(count(session)).toEqual({ decrypted: 8, closed: 0 });
});

describe('7. the capture starts late', () => {
  test('without the ClientHello, the secrets of the key log are tried, and that is said', async () => {
    const session = await opened('E1_no_clienthello.pcap', 'limits.keys');
    expect(count(session).decrypted).toBeGreaterThan(0);
    expect(count(session).closed).toBe(0);
    expect(session.trace().associations[0]?.keysFoundByTrial).toBe(true);
  });
  test('in the middle of DTLS 1.2 the server random is missing, and that is said', async () => {
    const [detail] = detailsOf(await opened('E2_midstream_only.pcap', 'limits.keys'));
    expect(detail?.records[0]).toMatchObject({
      state: 'undecryptable',
      reason: 'no-key',
      explanation: expect.stringContaining('ServerHello is not in the capture'),
    });
  });
  test('in the middle of DTLS 1.3 a traffic secret is all it takes, and it tells who is the client', async () => {
    const session = new Session();
    await session.open(
      [sourceOfBytes('late.pcap', withoutFirstPackets(bytesOf('wolfssl13-clean-aes128gcm.pcap'), 8))],
      { add: true },
    );
    addKeys(session, 'wolfssl13-clean-aes128gcm.keys');
    const [association] = session.trace().associations;
    expect(count(session)).toEqual({ decrypted: 8, closed: 0 });
    expect(association).toMatchObject({ keysFoundByTrial: true, server: { port: 21301 } });
  });
});

test('8. a record that fails authentication says so, and a closed one why', async () => {
  const closed = detailsOf(await opened('H_bad_mac.pcap', 'limits.keys'))[0]?.records.filter(
    (r) => r.state === 'undecryptable',
  );
  expect(closed).toMatchObject([
    {
      sequenceNumber: 999,
      reason: 'authentication-failed',
      explanation: expect.stringContaining('authentication failed'),
    },
  ]);
});

describe('9. DTLS is told by content, not by port', () => {
  test('a client on a port registered for another protocol disturbs nobody (4.0.17)', async () => {
    const session = await opened('N_client_port_5684_pollution.pcap', 'N_pollution.keys');
    expect(count(session).closed).toBe(0);
    expect(session.trace().associations.every((a) => a.outcome === 'established')).toBe(true);
  });
  test('DTLS inside TURN is read without being asked for', async () => {
    const session = await opened('turn-udp-firefox-dtls12.relay.pcap', 'turn-udp-firefox-dtls12.keys');
    expect(count(session).decrypted).toBeGreaterThan(0);
    expect(count(session).closed).toBe(0);
  });
});

describe('10. DTLS 1.3', () => {
  test.each([
    ['8-bit record numbers that wrap', 'wolfssl13-hdr-seq8', 'wolfssl13-hdr-seq8'],
    ['neither length nor 16-bit numbers', 'wolfssl13-hdr-seq8-nolen', 'wolfssl13-hdr-seq8-nolen'],
    ['key updates, old epochs kept', 'wolfssl13-keyupdate-client', 'wolfssl13-keyupdate-client'],
    ['key updates with connection IDs', 'wolfssl13-cid-keyupdate-chacha', 'wolfssl13-cid-keyupdate-chacha'],
    [
      'a rebound client with a connection ID, seen at the server',
      'wolfssl13-cid-rebind.server',
      'wolfssl13-cid-rebind',
    ],
    ['loss on both sides', 'wolfssl13-loss20-seed11.client', 'wolfssl13-loss20-seed11'],
    ['early data', 'wolfssl13-early-data-accepted', 'wolfssl13-early-data-accepted'],
  ])('%s: every record opens', async (_, capture, keys) => {
    const session = await opened(`${capture}.pcap`, `${keys}.keys`);
    expect(count(session).decrypted).toBeGreaterThan(8);
    expect(count(session).closed).toBe(0);
  });
  test('the entries of an ACK are linked to the records that they acknowledge', async () => {
    const [detail] = detailsOf(
      await opened(
        'wolfssl13-lost-middle-fragment-mtu300-moreacks.client.pcap',
        'wolfssl13-lost-middle-fragment-mtu300-moreacks.keys',
      ),
    );
    const ack = detail?.records.find((r) => r.packet === 8)?.contents[0];
    expect(ack).toEqual({
      kind: 'ack',
      acknowledged: [
        { epoch: 0, sequenceNumber: 0, record: 2 },
        { epoch: 2, sequenceNumber: 0, record: 3 },
        { epoch: 2, sequenceNumber: 1, record: 4 },
        { epoch: 2, sequenceNumber: 2, record: 5 },
        { epoch: 2, sequenceNumber: 4, record: 6 },
      ],
    });
  });
});

test('11. a client that moved without a connection ID stays one association, and its records open', async () => {
  const session = await opened('openssl-assoc-nat-rebind-client.pcap', 'openssl-assoc-nat-rebind-client.keys');
  const { associations } = session.trace();
  expect(associations).toHaveLength(1);
  expect(associations[0]?.addressChanges.length).toBeGreaterThan(0);
  expect(count(session).closed).toBe(0);
});

describe('12. keys', () => {
  test('two secrets for one client random: each direction is opened by the one that fits', async () => {
    const session = await opened('californium-fail-psk-mismatch.pcap', 'californium-fail-psk-mismatch.keys');
    expect(session.trace().associations[0]).toMatchObject({ records: { undecryptable: 0 } });
    expect(session.trace().keys.secrets).toHaveLength(2);
  });
  test('connection IDs that change at renegotiation', async () => {
    const session = await opened('mbedtls-cid-renego-change.pcap', 'mbedtls-cid-renego-change.keys');
    expect(count(session)).toEqual({ decrypted: 19, closed: 0 });
  });
});

/** A classic little-endian pcap without its first packets. */
function withoutFirstPackets(file: Uint8Array, packets: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset);
  let at = 24;
  for (let i = 0; i < packets; i++) at += 16 + view.getUint32(at + 8, true);
  return new Uint8Array([...file.subarray(0, 24), ...file.subarray(at)]);
}

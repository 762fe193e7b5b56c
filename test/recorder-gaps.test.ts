/**
 * A recorder that misses packets of a handshake in which nothing was lost: whatever it misses, no loss may be made up,
 * and what is named must be what the packet carried.
 */
import { expect, test } from 'vitest';
import { Session } from '../src/analysis/session.ts';
import type { RecordView } from '../src/analysis/trace.ts';
import { bytesOf, known, sourceOfBytes, textOf } from './captures.ts';
import { detailsOf } from './open-session.ts';

/** Little-endian pcap files with one association each, of many stacks. */
const CAPTURES = [
  'openssl-mutual-auth-ec.pcap',
  'openssl-psk-aes128-gcm.pcap',
  'openssl-resume-ticket-noems.pcap',
  'gnutls-mutual.pcap',
  'gnutls-psk-hint.pcap',
  'mbedtls-mutual.pcap',
  'wolfssl12-clean.pcap',
  'wolfssl13-mutual-auth-hrr.pcap',
  'wolfssl13-resumption-ticket.pcap',
  'nss-dtls13.pcap',
  'pion12-webrtc-mutual.pcap',
  'californium-x509-mutual.pcap',
  'tinydtls-ecc-rpk-ccm8-mutual.pcap',
  'bc-clean-ecdhe-psk-gcm.pcap',
];

const FILE_HEADER = 24;

function packetsOf(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset);
  const packets: Uint8Array[] = [];
  for (let at = FILE_HEADER; at < file.length; ) {
    const end = at + 16 + view.getUint32(at + 8, true);
    packets.push(file.subarray(at, end));
    at = end;
  }
  return packets;
}

/** The file without some of its packets, by their index. */
function without(whole: Uint8Array, packets: readonly Uint8Array[], gone: readonly number[]): Uint8Array<ArrayBuffer> {
  const kept = packets.filter((_, at) => !gone.includes(at));
  const file = new Uint8Array(FILE_HEADER + kept.reduce((n, p) => n + p.length, 0));
  file.set(whole.subarray(0, FILE_HEADER));
  let at = FILE_HEADER;
  for (const packet of kept) {
    file.set(packet, at);
    at += packet.length;
  }
  return file;
}

async function read(name: string, bytes: Uint8Array<ArrayBuffer>) {
  const session = new Session();
  await session.open([sourceOfBytes(name, bytes)], { add: true });
  const { keys } = known(name);
  if (keys) session.addKeyLog(textOf(keys), keys);
  return detailsOf(session);
}

const idOf = (r: { sender: string; epoch: number }, number: number | null): string =>
  `${r.sender} ${r.epoch}:${number}`;

function carriedBy(record: RecordView): string[] {
  return record.contents.map((c) => {
    if (c.kind === 'handshake') return c.name;
    return c.kind === 'changeCipherSpec' ? 'ChangeCipherSpec' : c.kind === 'ack' ? 'ACK' : c.kind;
  });
}

test.each(CAPTURES)('%s: what a recorder misses is never made up', async (name) => {
  const whole = bytesOf(name);
  const packets = packetsOf(whole);
  const records = (await read(name, whole)).flatMap((d) => d.records);
  for (let i = 1; i < packets.length; i++) {
    for (const gone of [[i], [i, i + 1], [i, i + 3]]) {
      const losses = (await read(name, without(whole, packets, gone))).flatMap((d) => d.losses);
      const missed = records.filter((r) => gone.includes(r.packet - 1));
      const numbers = new Set(missed.map((r) => idOf(r, r.sequenceNumber)));
      const names = new Set(missed.flatMap(carriedBy));
      const where = `without packets ${gone.map((g) => g + 1).join()}`;
      expect(
        losses.filter((l) => l.where !== 'before-capture'),
        where,
      ).toEqual([]);
      expect(
        losses.flatMap((l) => l.sequenceNumbers.map((n) => idOf(l, n))).filter((n) => !numbers.has(n)),
        where,
      ).toEqual([]);
      expect(
        losses.flatMap((l) => l.messages).filter((m) => !names.has(m)),
        where,
      ).toEqual([]);
    }
  }
});

test('application data that a recorder misses is a loss as long as more of it follows', async () => {
  const name = 'openssl-big-appdata.pcap';
  const whole = bytesOf(name);
  const packets = packetsOf(whole);
  const records = (await read(name, whole)).flatMap((d) => d.records);
  const data = records.filter((r) => r.contents.some((c) => c.kind === 'applicationData'));
  for (const record of data) {
    const later = records.some(
      (r) =>
        r.sender === record.sender &&
        r.epoch === record.epoch &&
        (r.sequenceNumber ?? 0) > (record.sequenceNumber ?? 0),
    );
    const losses = (await read(name, without(whole, packets, [record.packet - 1]))).flatMap((d) => d.losses);
    const found = losses.some((l) => l.sequenceNumbers.some((n) => idOf(l, n) === idOf(record, record.sequenceNumber)));
    expect(found, `record ${record.record}`).toBe(later);
  }
});

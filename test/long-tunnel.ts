/** A handshake of the collection, and then data for hours: what a capture of a VPN or of a data channel looks like. */
import type { CaptureSource } from '../src/capture/datagram.ts';
import { captureOf, datagramsOf, type EditedDatagram } from './edited-capture.ts';

const HANDSHAKE = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
const HEADER_LENGTH = 13;
const DATA_LENGTH = 40;
const GAP_MS = 0.25;

export interface LongTunnel {
  readonly source: CaptureSource;
  /** Datagrams of data that follow the handshake, before the copy. */
  readonly data: number;
  /** Packet (1-based) of a datagram that the network doubled, in the middle. */
  readonly copy: number;
}

export async function longTunnel(data: number): Promise<LongTunnel> {
  const all = await datagramsOf(HANDSHAKE);
  // Its own data come last.
  const end = all.findIndex(({ payload }) => payload[0] === 23);
  const handshake = all.slice(0, end);
  const [client, server] = [all[0], all.find((d) => d.source.port !== all[0]?.source.port)];
  if (!client || !server || end < 0) throw new Error(`${HANDSHAKE} is no handshake with data`);
  const last = handshake.at(-1)?.timeMs ?? 0;
  // Each sender counts its own; its Finished was record 0 of the epoch.
  const numbers = { client: 1, server: 1 };
  const sent = Array.from({ length: data }, (_, i): EditedDatagram => {
    const sender = i % 3 === 0 ? 'client' : 'server';
    const { source, destination } = sender === 'client' ? client : server;
    return { timeMs: last + (i + 1) * GAP_MS, source, destination, payload: dataRecord(numbers[sender]++) };
  });
  const middle = sent[Math.floor(data / 2)];
  const copied = middle ? [{ ...middle, timeMs: middle.timeMs + GAP_MS / 2, id: 77 }] : [];
  const datagrams = [...handshake, ...sent.slice(0, data / 2 + 1), ...copied, ...sent.slice(data / 2 + 1)];
  const copy = handshake.length + Math.floor(data / 2) + 2;
  return { source: captureOf(datagrams, 'tunnel.pcap'), data, copy };
}

/** Closed for everybody. */
function dataRecord(number: number): Uint8Array {
  const payload = new Uint8Array(HEADER_LENGTH + DATA_LENGTH);
  const view = new DataView(payload.buffer);
  payload[0] = 23;
  view.setUint16(1, 0xfefd);
  view.setUint16(3, 1);
  view.setUint32(7, number);
  view.setUint16(11, DATA_LENGTH);
  // The explicit nonce counts with the records, as most stacks do.
  view.setUint32(HEADER_LENGTH + 4, number);
  for (let at = HEADER_LENGTH + 8; at < payload.length; at++) payload[at] = (number * 31 + at * 7) & 0xff;
  return payload;
}

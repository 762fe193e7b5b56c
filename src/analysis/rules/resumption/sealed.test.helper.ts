/** Records under the keys of a captured association (AES-128-GCM of DTLS 1.2): what its endpoints might have gone on to send. */
import { createCipheriv, createHmac } from 'node:crypto';
import { known, textOf } from '../../../../test/captures.ts';
import { datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { concat, fromHex, toHex } from '../../../wire/text.ts';
import { bytes, CLIENT_HELLO, has, number, recordsOf, SERVER_HELLO } from '../edit-messages.test.helper.ts';

const HEADER = 13;
const RANDOM_AT = HEADER + 12 + 2;

export interface Sealer {
  /** A datagram with one record in epoch 1. */
  seal(
    side: 'client' | 'server',
    timeMs: number,
    type: number,
    sequenceNumber: number,
    content: Uint8Array,
  ): EditedDatagram;
}

export async function sealer(file: string): Promise<Sealer> {
  const datagrams = await datagramsOf(file);
  const [client, server] = [CLIENT_HELLO, SERVER_HELLO].map((type) => datagrams.find(has(type)));
  if (!client || !server) throw new Error(`${file} has no hellos`);
  const random = (d: EditedDatagram) => (recordsOf(d.payload)[0] ?? d.payload).subarray(RANDOM_AT, RANDOM_AT + 32);
  const keys = textOf(known(file).keys ?? '');
  const master = new RegExp(`CLIENT_RANDOM ${toHex(random(client))} ([0-9a-f]{96})`, 'i').exec(keys)?.[1];
  if (!master) throw new Error(`no secret of ${file}`);
  const seed = concat(new TextEncoder().encode('key expansion'), random(server), random(client));
  const block = prf(fromHex(master) ?? new Uint8Array(), seed, 40);
  const keyOf = { client: block.subarray(0, 16), server: block.subarray(16, 32) };
  const saltOf = { client: block.subarray(32, 36), server: block.subarray(36, 40) };
  return {
    seal(side, timeMs, type, sequenceNumber, content) {
      const place = Uint8Array.of(...bytes(1, 2), ...bytes(sequenceNumber, 6));
      const version = Uint8Array.of(0xfe, 0xfd);
      const cipher = createCipheriv('aes-128-gcm', keyOf[side], concat(saltOf[side], place));
      cipher.setAAD(concat(place, Uint8Array.of(type), version, Uint8Array.of(...bytes(content.length, 2))));
      const sealed = concat(place, cipher.update(content), cipher.final(), cipher.getAuthTag());
      const header = concat(Uint8Array.of(type), version, place, Uint8Array.of(...bytes(sealed.length, 2)));
      const { source, destination } = client;
      const [from, to] = side === 'client' ? [source, destination] : [destination, source];
      return { timeMs, source: from, destination: to, payload: concat(header, sealed) };
    },
  };
}

/** P_SHA256 (RFC 5246 §5). */
function prf(secret: Uint8Array, seed: Uint8Array, length: number): Uint8Array {
  const hmac = (data: Uint8Array) => new Uint8Array(createHmac('sha256', secret).update(data).digest());
  const parts: Uint8Array[] = [];
  for (let a = hmac(seed); parts.length * 32 < length; a = hmac(a)) parts.push(hmac(concat(a, seed)));
  return concat(...parts).subarray(0, length);
}

/** The last record number that a side used in epoch 1. */
export function lastNumber(datagrams: readonly EditedDatagram[], from: EditedDatagram['source']): number {
  const numbers = datagrams
    .filter((d) => d.source.port === from.port && d.source.address === from.address)
    .flatMap((d) => recordsOf(d.payload))
    .filter((r) => number(r, 3, 2) === 1)
    .map((r) => number(r, 5, 6));
  return Math.max(...numbers);
}

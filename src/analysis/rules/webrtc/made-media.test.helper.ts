/** What is around DTLS in a capture of WebRTC, told apart by its first byte (RFC 7983 §7), or made up. */
import type { EditedDatagram } from '../../../../test/edited-capture.ts';

const first = ({ payload }: EditedDatagram): number => payload[0] ?? 255;

export const isStun = (d: EditedDatagram): boolean => first(d) < 4;
export const isDtls = (d: EditedDatagram): boolean => first(d) >= 20 && first(d) <= 63;

/** One RTP packet (version 2, payload type 111) of whoever sent `like`. */
export function rtp(like: EditedDatagram, timeMs: number): EditedDatagram {
  const payload = new Uint8Array(172).fill(0x55);
  payload.set([0x80, 111, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4]);
  return { ...like, timeMs, payload };
}

export const inOrder = (datagrams: readonly EditedDatagram[]): EditedDatagram[] =>
  datagrams.toSorted((x, y) => x.timeMs - y.timeMs);

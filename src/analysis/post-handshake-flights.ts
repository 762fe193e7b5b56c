/** Flights of DTLS 1.3 after the handshake: tickets, key updates, connection IDs, late authentication (RFC 9147 §5.8.4). */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { least } from './extremes.ts';
import { inOrder } from './flight-order.ts';
import type { Flight, FlightPart } from './flight-parts.ts';

/** What is written after the handshake of DTLS 1.3 has flights, timers and ACKs of its own (RFC 9147 §5.8.4). */
export function isPostHandshake({ message }: FlightPart): boolean {
  return message !== null && message.epoch > HANDSHAKE_EPOCH;
}

const HANDSHAKE_EPOCH = 2;

/** What a client sends that is asked to authenticate after the handshake (RFC 8446 §4.6.2). */
const LATE_AUTHENTICATION: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.certificate,
  HANDSHAKE_TYPE.compressedCertificate,
  HANDSHAKE_TYPE.certificateVerify,
  HANDSHAKE_TYPE.finished,
]);
/** Several tickets are sent in one go; what comes later is another flight. */
const ONE_GO_MS = 500;

/** One flight for each thing that was sent; numbered on, without taking turns. */
export function postHandshakeFlights(
  parts: readonly FlightPart[],
  before: number,
  timeMs: (record: number) => number,
): Flight[] {
  const firstMs = (part: FlightPart) => timeMs(part.occurrences[0]?.record ?? 0);
  const seq = (part: FlightPart) => part.message?.messageSeq ?? 0;
  const runs: FlightPart[][] = [];
  for (const part of parts.toSorted((a, b) => a.side - b.side || seq(a) - seq(b))) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const follows = last && last.side === part.side && seq(part) - seq(last) <= 1;
    if (run && follows && belongTogether(last, part, firstMs(part) - firstMs(last))) run.push(part);
    else runs.push([part]);
  }
  const start = (run: readonly FlightPart[]) => least(run.map((p) => p.occurrences[0]?.record ?? 0));
  return runs
    .sort((a, b) => start(a) - start(b))
    .map((run, i) => ({
      number: before + 1 + i,
      side: run[0]?.side ?? 0,
      parts: inOrder(run),
      postHandshake: true,
    }));
}

function belongTogether(last: FlightPart, part: FlightPart, apartMs: number): boolean {
  const types = [last, part].map((p) => p.message?.type ?? -1);
  if (types.every((t) => LATE_AUTHENTICATION.has(t))) return true;
  // A copy that differs, of the same message.
  if (last.message?.messageSeq === part.message?.messageSeq) return true;
  // Nobody may update its keys again before the first update was acknowledged (RFC 9147 §8).
  return types[0] === types[1] && types[0] !== HANDSHAKE_TYPE.keyUpdate && Math.abs(apartMs) <= ONE_GO_MS;
}

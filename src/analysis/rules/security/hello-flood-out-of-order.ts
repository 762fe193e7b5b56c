/** O6: a server is made to keep what will never be of use: messages far ahead, or handshakes that never go on. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { endpointText } from '../../words.ts';
import { span } from '../reassociation/time-words.ts';
import type { Gathering, Match, TraceRule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const helloFloodOutOfOrder: TraceRule = {
  scope: 'trace',
  id: 'hello-flood-out-of-order',
  group: 'security',
  title: 'A server is flooded with handshakes, or with messages far out of order',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.1', 'RFC 6347 §4.2.2', 'RFC 9147 §11'],
  advice:
    'Ask for a cookie before anything is kept, limit what is buffered for one handshake, and drop messages that are far ahead. Filter the senders.',
  alternatives: [
    'Many clients came back at once, after a power cut or a restart of the server: then they go on once they are answered.',
    'Somebody measures the network, or tests the server for faults.',
  ],
  looksLike:
    'ClientHellos of a hundred clients and more within seconds that never go on, or a handshake message whose message_seq is more than ten ahead of the last.',
  why: 'Each ClientHello costs a server without cookies memory and time, and each message that came too early has to be kept until the others come.',
  sources: ['CVE-2016-2179', 'CVE-2014-3506', 'CVE-2026-42009'],
  begin: floodsAndFarAhead,
};

/** No handshake has so many messages between two of one side. */
const AHEAD = 10;
const MOST_FOUND = 4;

function floodsAndFarAhead(): Gathering {
  const ahead: Match[] = [];
  const byServer = new Map<string, Hellos>();
  return {
    take(subject) {
      const match = ahead.length < MOST_FOUND ? aheadIn(subject) : null;
      if (match) ahead.push(match);
      const record = subject.analysed.state.records.at(0);
      if (record === undefined || !neverWentOn(subject)) return;
      const { server, startMs } = subject.a;
      const key = endpointText(server);
      const entry = byServer.get(key) ?? { server, hellos: [] };
      byServer.set(key, entry);
      entry.hellos.push({ record, timeMs: startMs });
    },
    matches: () => [...ahead, ...[...byServer.values()].flatMap(floodsOf)],
  };
}

function aheadIn(subject: Subject): Match | null {
  const [handshake] = subject.analysed.handshakes;
  // Every handshake of a side numbers its messages from 0 on, so a high number alone is enough to look closer.
  const messages = handshake?.state.messages.filter((m) => m.epoch === 0) ?? [];
  for (const side of [0, 1] as const) {
    const mine = messages.filter((m) => m.side === side);
    const early = mine.find((m) => m.messageSeq > AHEAD);
    const record = early?.appearances[0]?.record;
    if (!early || record === undefined) continue;
    const before = mine.filter(
      (m) => m.messageSeq < early.messageSeq && (m.appearances[0]?.record ?? record) <= record,
    );
    const last = before.reduce((n, m) => Math.max(n, m.messageSeq), -1);
    if (early.messageSeq - last <= AHEAD) continue;
    const who = side === 0 ? 'client' : 'server';
    return {
      title: `The ${who} of ${subject.a.id} sends message_seq ${early.messageSeq} where ${last + 1} is due`,
      explanation: `A handshake message with message_seq ${early.messageSeq} and a length of ${early.length} bytes came when ${last < 0 ? 'none' : `no higher one than ${last}`} had come. A receiver that keeps it, and all in between, can be made to run out of memory.`,
      evidence: [{ record, says: `message_seq ${early.messageSeq}` }],
      certainty: 'seen',
    };
  }
  return null;
}

const FLOOD = 100;
const WITHIN_MS = 10_000;

/** ClientHellos to one server that never led on, in order of time. */
interface Hellos {
  readonly server: Endpoint;
  readonly hellos: { readonly record: number; readonly timeMs: number }[];
}

function floodsOf({ server, hellos }: Hellos): readonly Match[] {
  if (hellos.length < FLOOD) return [];
  hellos.sort((x, y) => x.timeMs - y.timeMs);
  const at = hellos.findIndex(
    (h, i) => (hellos[i + FLOOD - 1]?.timeMs ?? Number.POSITIVE_INFINITY) - h.timeMs <= WITHIN_MS,
  );
  const [first, last] = [hellos[at], hellos[at + FLOOD - 1]];
  return first && last ? [flood(server, hellos.length, first, last)] : [];
}

/** The client said hello, perhaps with a cookie, and nothing more. */
function neverWentOn(subject: Subject): boolean {
  const { state } = subject.analysed;
  return (
    state.rolesKnown &&
    subject.a.outcome !== 'established' &&
    state.hasRandom &&
    !subject.flights.some((f) => f.sender === 'client' && !f.messages.includes('ClientHello'))
  );
}

function flood(
  server: Endpoint,
  all: number,
  first: { record: number; timeMs: number },
  last: { record: number; timeMs: number },
): Match {
  return {
    title: `${all} handshakes with ${endpointText(server)} begin and never go on`,
    explanation: `${all} clients sent a ClientHello to ${endpointText(server)} and then nothing but ClientHellos; ${FLOOD} of them within ${span(last.timeMs - first.timeMs)}.`,
    evidence: [
      { record: first.record, says: 'The first of a hundred' },
      { record: last.record, says: 'The last of these' },
    ],
    certainty: 'inferred',
  };
}

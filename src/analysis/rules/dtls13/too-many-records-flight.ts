/** N8: a flight of DTLS 1.3 with more records in one go than a sender should have under way. */
import { countUpTo, greatest, least } from '../../extremes.ts';
import { CLOSED_RECORDS } from '../../flight-order.ts';
import type { FlightView } from '../../trace.ts';
import { count, milliseconds } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { acksFrom } from './acks.ts';

export const tooManyRecordsFlight: Rule = {
  scope: 'association',
  id: 'too-many-records-flight',
  group: 'dtls13',
  title: 'A flight has more than ten records in one go',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 9147 §5.8.3'],
  advice:
    'Use larger records if the path allows them, or a smaller certificate chain: leave out the root, and prefer elliptic curve keys.',
  alternatives: ['The path needs small datagrams: then only a smaller flight helps.'],
  looksLike: 'More than ten records of one flight back to back, without an ACK in between.',
  why: 'DTLS has no congestion control. A sender should have at most ten records under way and send more only when some were acknowledged, or a small buffer on the path drops the end.',
  check: (subject) => (subject.is13 ? largeFlights(subject) : []),
};

const MAX_IN_FLIGHT = 10;

function largeFlights(subject: Subject): readonly Match[] {
  return subject.flights.flatMap((flight) => {
    const found = mostAtOnce(subject, flight);
    return found ? [match(subject, flight, found)] : [];
  });
}

interface Burst {
  readonly records: readonly number[];
  readonly spanMs: number;
}

/** The most records of one transmission between two ACKs of the peer, if they are too many. */
function mostAtOnce(subject: Subject, { sender, messages, transmissions }: FlightView): Burst | null {
  // Without keys a repeat cannot be told from what comes for the first time.
  if (messages.includes(CLOSED_RECORDS)) return null;
  const large = transmissions.filter((t) => t.records.length > MAX_IN_FLIGHT);
  if (large.length === 0) return null;
  const acks = acksFrom(subject, sender === 'client' ? 1 : 0)
    .map((a) => a.record)
    .sort((x, y) => x - y);
  for (const { records } of large) {
    let burst: number[] = [];
    for (const record of records.map((r) => r - 1)) {
      const before = burst.at(-1);
      if (before !== undefined && countUpTo(acks, record) > countUpTo(acks, before)) burst = [];
      burst.push(record);
      if (burst.length > MAX_IN_FLIGHT) return whole(subject, records);
    }
  }
  return null;
}

function whole(subject: Subject, records: readonly number[]): Burst {
  const times = records.map((r) => subject.trace.timeMs(r - 1));
  return { records, spanMs: greatest(times) - least(times) };
}

function match(subject: Subject, { number, sender, transmissions }: FlightView, { records, spanMs }: Burst): Match {
  const [first = 1, last = 1] = [records[0], records.at(-1)];
  const repeated = transmissions.length > 1;
  return {
    title: `The ${sender} sends flight ${number} as ${records.length} records within ${milliseconds(spanMs)}`,
    explanation: `Flight ${number} of the ${sender} came as ${count(records.length, 'record')} within ${milliseconds(spanMs)}, without waiting for an ACK. RFC 9147 asks for at most ${MAX_IN_FLIGHT} under way.${
      repeated ? ` It was sent ${transmissions.length} times, so some of it was lost.` : ''
    }`,
    evidence: [
      subject.evidence(first - 1, 'The first record'),
      subject.evidence(last - 1, `The last of ${records.length}`),
    ],
    certainty: 'seen',
    ...(repeated && transmissions.some((t) => t.cause === 'partial-ack' || t.cause === 'timer')
      ? { severity: 'warning' as const }
      : {}),
  };
}

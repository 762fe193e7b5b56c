/** A4: the server answers again and again, and the client goes on as if nothing came. */
import type { FlightView, TransmissionView } from '../../trace.ts';
import { duration, list, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { lostSince } from './lost-since.ts';

export const oneWayDownlinkDead: Rule = {
  scope: 'association',
  id: 'one-way-downlink-dead',
  group: 'reachability',
  title: 'What the server sends does not reach the client',
  severity: 'failure',
  rank: 'silence',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8.1'],
  advice:
    'Check firewalls and NAT on the way back to the client, and which interface the server answers on. Then capture at the client: it shows whether the answers arrive.',
  alternatives: [
    'The client gets the answers and throws them away: a capture at the client shows them arriving.',
    'Only large datagrams are lost: then small ones of the server, such as a HelloVerifyRequest, had an effect.',
  ],
  looksLike:
    'The server sends the same flight several times, and the client only repeats the flight before it, under new record numbers.',
  why: 'Datagrams get from the client to the server and not back: a firewall or NAT has no state for them, or the way back is another one.',
  sources: ['openssl#10908'],
  sample: 'openssl-loss-downlink-dead-after-sh.server.pcap',
  explains: [
    'gave-up',
    'flight-lost-and-recovered',
    'final-flight-lost-recovered',
    'hvr-lost',
    'spurious-retransmission-rtt',
    'retransmission-storm',
    'timer-too-slow',
    'partial-flight-held-up',
    'no-close-notify',
    'epoch-gap',
  ],
  check: deadDownlink,
};

/** One repeat of the client may have crossed the answer; so many can not. */
const MIN_REPEATS = 2;
/** After so many rounds in which the client did nothing new, not even a done handshake counts as one. */
const MIN_ROUNDS_DONE = 3;

interface Deaf {
  /** What the client repeats, and what the server answers. */
  readonly asking: FlightView;
  readonly answering: FlightView;
  /** The client's transmissions after the first answer. */
  readonly repeats: readonly TransmissionView[];
}

function deadDownlink(subject: Subject): readonly Match[] {
  if (!subject.a.rolesKnown || subject.a.handshakes.length > 1) return [];
  const deaf = deafClient(subject);
  if (!deaf) return lostSince(subject);
  const proven = subject.noneArrived(deaf.answering.transmissions.flatMap((t) => t.records.map((r) => r - 1)));
  // At the client, everything that is in the capture has arrived.
  if (!proven && subject.capturedAt('client')) return [];
  return [match(subject, deaf, proven)];
}

function deafClient(subject: Subject): Deaf | null {
  const { flights } = subject;
  const at = flights.findLastIndex((f) => f.sender === 'client');
  const [asking, answering] = [flights[at], flights[at + 1]];
  if (!asking || answering?.sender !== 'server' || answering.transmissions.length < 2) return null;
  const answeredMs = answering.transmissions[0]?.startMs ?? 0;
  const repeats = asking.transmissions.filter((t) => t.startMs > answeredMs);
  if (repeats.length < (subject.established ? MIN_ROUNDS_DONE : MIN_REPEATS)) return null;
  // A HelloVerifyRequest after a cookie says that it was refused, and is no loss.
  if (asking.number > 1 && answering.messages.includes('HelloVerifyRequest')) return null;
  return clientActed(subject, asking, answeredMs) ? null : { asking, answering, repeats };
}

/** It sent anything but repeats: an ACK, an alert, data. Then something had reached it. */
function clientActed(subject: Subject, asking: FlightView, sinceMs: number): boolean {
  const repeated = new Set(asking.transmissions.flatMap((t) => t.records));
  return subject.after(0, sinceMs).some((r) => !repeated.has(r.index + 1) && r.mark !== 'duplicate');
}

/** Both sent a Finished, and after the last answer the client was silent for longer than its timer: it gave up, or has it. */
function mayBeDone(subject: Subject, asking: FlightView, last: TransmissionView | undefined): boolean {
  const gapMs = asking.transmissions.at(-1)?.sincePreviousMs ?? 0;
  return subject.established && subject.watched(last?.endMs ?? 0, 3 * gapMs);
}

function match(subject: Subject, { asking, answering, repeats }: Deaf, proven: boolean): Match {
  const n = answering.transmissions.length;
  const what = list(answering.messages);
  const [first, last] = [answering.transmissions[0], answering.transmissions.at(-1)];
  const lastRepeat = repeats.at(-1);
  const spanMs = (lastRepeat?.startMs ?? 0) - (first?.startMs ?? 0);
  const evidence: [Evidence, ...Evidence[]] = [
    first ? subject.sentEvidence(first, `The server's answer: ${what}`) : { timeMs: 0, says: what },
    ...(repeats[0] ? [subject.sentEvidence(repeats[0], 'The client repeats what was answered already')] : []),
    ...(last && last !== first ? [subject.sentEvidence(last, `The last of ${n} answers`)] : []),
    ...(lastRepeat && lastRepeat !== repeats[0]
      ? [subject.sentEvidence(lastRepeat, 'And still the same message of the client')]
      : []),
  ];
  return {
    title: proven
      ? `The server's answers do not reach the client: all ${n} are lost on the way`
      : `The server answers ${times(n)}, but the client goes on as if nothing reached it`,
    explanation: `The client's flight ${asking.number} gets here (${list(asking.messages)}). The server answers it with ${what}, ${times(n)} in all. The client repeats its own flight ${times(
      repeats.length,
    )} more in ${duration(spanMs)} and never goes on. ${
      proven
        ? 'The capture at the client has none of these answers.'
        : subject.capturedAt('server')
          ? 'The capture was taken at the server: it cannot show whether the answers are lost on the way or thrown away by the client.'
          : 'From here it cannot be told whether the answers are lost further on or thrown away by the client.'
    }`,
    evidence,
    certainty: proven ? 'seen' : 'inferred',
    ...(mayBeDone(subject, asking, last) ? { severity: 'warning' } : {}),
  };
}

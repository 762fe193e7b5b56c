/** A1: the client's first message was sent again and again, and nothing at all came back. */
import type { TransmissionView } from '../../trace.ts';
import { duration, endpointText, list, repeatTimes, times } from '../../words.ts';
import { tupleOf } from '../around.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const noAnswerToClientHello: Rule = {
  scope: 'association',
  id: 'no-answer-to-clienthello',
  group: 'reachability',
  title: 'The server never answers',
  severity: 'failure',
  rank: 'silence',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.4', 'RFC 9147 §5.8'],
  advice:
    'Check address and port, the firewalls for UDP in both directions, and that the server process listens on UDP. Then capture at the server: it shows whether the ClientHello arrives.',
  alternatives: [
    'A firewall drops one direction, the process hangs, or the port is wrong: a capture at the server tells them apart.',
    'The answer is lost on its way back: then a capture at the server shows it leaving.',
  ],
  looksLike:
    'Two or more ClientHellos with the same random, each under a new record number, and not one datagram from the server.',
  why: 'Nothing about TLS has been negotiated yet. The client repeats its ClientHello on its timer until it gives up.',
  sources: ['openconnect-gui#26', 'sfc9982/AnyConnect-Server#4'],
  sample: 'openssl-fail-server-silent.pcap',
  explains: ['gave-up', 'timer-too-slow', 'no-close-notify'],
  check: silentServer,
};

/** An answer may be under way for so long, and its client repeat meanwhile; more than that is silence. */
const LONG_WAY_MS = 2000;
/** Where two timers have expired the client itself, which knows more of the way, has expected it earlier. */
const TWO_TIMERS_MS = 1000;

function silentServer(subject: Subject): readonly Match[] {
  const { a } = subject;
  const hello = subject.flight(1);
  if (!a.rolesKnown || hello?.sender !== 'client' || !hello.messages.includes('ClientHello')) return [];
  const { transmissions } = hello;
  const [first, last] = [transmissions[0], transmissions.at(-1)];
  if (!first || !last || transmissions.length < 2) return [];
  // Whoever went on was answered, in a capture of one direction too.
  if (subject.flights.length > 1 || subject.sorted.hasFrom(1)) return [];
  if (!isSilence(subject, transmissions, first, last)) return [];
  return [match(subject, transmissions, first, last)];
}

function isSilence(
  subject: Subject,
  transmissions: readonly TransmissionView[],
  first: TransmissionView,
  last: TransmissionView,
): boolean {
  const gaveUp = subject.others.some((r) => r.side === 0 && r.contentType === ALERT && r.timeMs > last.startMs);
  return gaveUp || subject.watched(first.startMs, transmissions.length > 2 ? TWO_TIMERS_MS : LONG_WAY_MS);
}

const ALERT = 21;

function match(
  subject: Subject,
  transmissions: readonly TransmissionView[],
  first: TransmissionView,
  last: TransmissionView,
): Match {
  const server = endpointText(subject.a.server);
  const n = transmissions.length;
  const lost = transmissions.filter((t) => t.records.every((r) => subject.lostBetweenPoints(r - 1))).length;
  const evidence: [Evidence, ...Evidence[]] = [
    subject.sentEvidence(first, 'The first ClientHello'),
    subject.sentEvidence(last, `The last of ${n}, and still no answer`),
  ];
  const sent = `The client sent its ClientHello and repeated it after ${repeatTimes(transmissions)}.`;
  if (subject.noneArrived(transmissions.flatMap((t) => t.records.map((r) => r - 1))))
    return {
      title: `The ClientHello never reaches ${server}: all ${n} transmissions are lost on the way`,
      explanation: `${sent} The capture at the client has all of them, the one at the server none: they are lost between the two points.`,
      evidence,
      certainty: 'seen',
      advice: 'Look for the firewall or router between the two capture points that drops UDP to this port.',
    };
  return {
    title: `No answer from ${server}: the ClientHello was sent ${times(n)}`,
    explanation: [
      sent,
      'The server sent nothing.',
      arrival(subject, lost, n),
      odds(n),
      aliveSentence(subject),
      endSentence(subject, transmissions, last),
    ]
      .filter((s) => s !== '')
      .join(' '),
    evidence,
    // The client repeats itself, so it has heard nothing either.
    certainty: 'near-certain',
    verdict: `No answer: the client sent its ClientHello ${times(n)}, at ${repeatTimes(transmissions)} after the first, and the server sent nothing.`,
  };
}

function arrival(subject: Subject, lost: number, n: number): string {
  if (lost > 0) return `${lost} of the ${n} were lost between the two capture points, the others arrived.`;
  return subject.surelyAt('server')
    ? 'The capture was taken at the server, so the ClientHello got there and was ignored.'
    : 'From here it cannot be told whether the ClientHello got there.';
}

/** A round trip fails with this probability where one datagram in five is lost. */
const MISS = 1 - 0.8 ** 2;

function odds(n: number): string {
  const percent = 100 * MISS ** n;
  const shown =
    percent >= 1 ? `${Math.round(percent)} %` : percent >= 0.1 ? `${percent.toFixed(1)} %` : 'less than 0.1 %';
  return `With one datagram in five lost each way, chance alone would do this in ${shown} of all cases.`;
}

/** What else in the capture shows that host, port or path are alive. */
function aliveSentence(subject: Subject): string {
  const { client, server } = subject.a;
  const { surroundings } = subject.trace;
  const answered = subject.all.ofServer(subject).find((other) => other.a.outcome === 'established');
  if (answered)
    return `The same server completed a handshake with ${endpointText(answered.a.client)} in this capture, so address and port are right.`;
  const tuple = tupleOf(subject);
  const other = (['stun', 'rtp', 'rtcp', 'other'] as const).find((kind) => tuple?.udp[kind][1]);
  if (other) return 'Other UDP datagrams from the same address and port of the server arrive, so the way back is open.';
  const ports = surroundings
    .tcpBetween(client.address, server.address)
    .flatMap((t) => (t.answered ? t.server.port : []));
  return ports.length > 0 ? `The host itself is alive: it answers on TCP port ${list(ports, 4)}.` : '';
}

function endSentence(subject: Subject, transmissions: readonly TransmissionView[], last: TransmissionView): string {
  const afterMs = subject.all.captureEndMs - last.startMs;
  if (afterMs >= subject.horizonMs(transmissions)) return '';
  return afterMs < 50
    ? 'The capture ends with the last of them.'
    : `The capture ends ${duration(afterMs)} after the last of them.`;
}

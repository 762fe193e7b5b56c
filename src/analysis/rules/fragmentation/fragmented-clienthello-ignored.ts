/** E2: the ClientHello comes in several fragments, and the server says nothing: many servers cannot put it together. */
import { keyShare } from '../../../dtls/extensions/accessors.ts';
import { groupName, HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import type { MessageInstance } from '../../handshake-state.ts';
import type { SentFlight, Transmission } from '../../transmissions.ts';
import { count, endpointText, repeatTimes, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { datagramsOf, largest } from './datagram-sizes.ts';

export const fragmentedClientHelloIgnored: Rule = {
  scope: 'association',
  id: 'fragmented-clienthello-ignored',
  group: 'fragmentation',
  title: 'The ClientHello arrives in fragments and the server ignores it',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.2.3', 'RFC 9147 §5.5', 'RFC 9147 §5.1'],
  advice:
    'Use a server that puts a fragmented ClientHello together, or update it. As a test, switch post-quantum key exchange off at the client: then the ClientHello fits into one datagram.',
  alternatives: [
    'The server is silent for another reason (wrong port, firewall, hung process): then it does not answer a ClientHello in one piece either.',
    'The path drops the large fragment: a capture at the server shows which fragments arrive.',
  ],
  looksLike:
    'Every ClientHello comes in two or more fragments, all of them are there, and the server sends nothing. The client repeats them on its timer.',
  why: 'A server without state cannot keep fragments, so several stacks drop them. A post-quantum key share of 1216 bytes makes the ClientHello too large for one datagram.',
  sources: ['freeswitch#2966', 'wolfssl#9266', 'esp-webrtc-solution#175', 'ex_dtls#11'],
  sample: 'pionclient-wolfserver13-chfrag.pcap',
  explains: [
    'no-answer-to-clienthello',
    'server-mute-after-cookie',
    'gave-up',
    'timer-too-slow',
    'no-close-notify',
    'one-way-downlink-dead',
  ],
  check: ignoredFragments,
};

/** After two transmissions, and at least so long, silence means something. */
const MIN_TRANSMISSIONS = 2;
const SILENCE_MS = 1000;

function ignoredFragments(subject: Subject): readonly Match[] {
  if (!subject.a.rolesKnown || !subject.unfinished) return [];
  const flight = subject.analysed.handshakes[0]?.flights.at(-1);
  if (flight?.side !== 0 || flight.transmissions.length < MIN_TRANSMISSIONS) return [];
  const hello = flight.parts.find((p) => p.message?.type === HANDSHAKE_TYPE.clientHello)?.message;
  if (!hello || hello.completedBy === null) return [];
  const firstMs = flight.transmissions[0]?.units[0]?.timeMs ?? 0;
  if (!subject.watched(firstMs, SILENCE_MS) || subject.after(1, firstMs).length > 0) return [];
  const fragmented = flight.transmissions.filter((t) => isWhole(t, hello));
  // One in a single piece was not answered either: then it is not the fragments.
  if (flight.transmissions.some((t) => t.units.some((u) => u.pieces.some((p) => p.to - p.from === hello.length))))
    return [];
  if (fragmented.length < MIN_TRANSMISSIONS) return [];
  return [match(subject, flight, hello, fragmented)];
}

/** Each byte of the message is in it. */
function isWhole({ units }: Transmission, { length }: MessageInstance): boolean {
  let reached = 0;
  const pieces = units.flatMap((u) => u.pieces).toSorted((a, b) => a.from - b.from);
  for (const { from, to } of pieces) if (from <= reached) reached = Math.max(reached, to);
  return reached >= length;
}

function match(
  subject: Subject,
  flight: SentFlight,
  hello: MessageInstance,
  fragmented: readonly Transmission[],
): Match {
  const n = fragmented.length;
  const [first, last] = [fragmented[0], fragmented.at(-1)];
  const pieces = first?.units.length ?? 0;
  const server = endpointText(subject.a.server);
  const whole = answeredWhole(subject);
  const records = fragmented.flatMap((t) => t.units.map((u) => u.record));
  const arrived = records.every((r) => subject.trace.arrivalMs(r) !== null);
  const atServer = arrived || subject.capturedAt('server');
  const again = repeatTimes(flight.transmissions.map(({ units }) => ({ startMs: units[0]?.timeMs ?? 0 })));
  return {
    title: `${server} ignores a ClientHello that comes in ${pieces} fragments`,
    explanation: [
      `The ClientHello has ${count(hello.length, 'byte')} and comes in ${pieces} fragments, in datagrams of up to ${count(largest(datagramsOf(subject, records)), 'byte')}.`,
      reasonFor(subject),
      `It was sent ${times(n)}, again after ${again}, each time whole, and the server sent nothing.`,
      whole
        ? `The same server answered the ClientHello of ${endpointText(whole.a.client)}, which came in one piece.`
        : '',
      arrived
        ? 'The capture at the server has all fragments, so they arrive and are ignored.'
        : atServer
          ? 'The capture was taken at the server, so the fragments arrive and are ignored.'
          : 'From here it cannot be told whether the fragments get to the server.',
    ]
      .filter((s) => s !== '')
      .join(' '),
    evidence: [
      subject.evidence(first?.units[0]?.record ?? 0, `First of ${pieces} fragments of the ClientHello`),
      subject.evidence(first?.units.at(-1)?.record ?? 0, 'Its last fragment'),
      subject.evidence(last?.units[0]?.record ?? 0, `The last of ${n} transmissions, and still no answer`),
    ],
    certainty: arrived ? 'seen' : atServer || whole ? 'near-certain' : 'inferred',
    verdict: `No answer: the ClientHello came in ${pieces} fragments, ${times(n)}, and the server sent nothing. Many servers cannot put a fragmented ClientHello together.`,
  };
}

/** Their key shares have more than a thousand bytes. */
const POST_QUANTUM = /MLKEM|Kyber/;

function reasonFor({ clientHello }: Subject): string {
  const share = clientHello && keyShare(clientHello.extensions);
  const large = share?.entries.find((s) => POST_QUANTUM.test(groupName(s.group)));
  return large ? `A post-quantum key share takes ${large.keyExchange.length} of them.` : '';
}

/** Somebody whose ClientHello came in one piece was answered by this server. */
function answeredWhole(subject: Subject): Subject | undefined {
  return subject.all.ofServer(subject).find((other) => {
    const hello = other.analysed.handshakes[0]?.state.find(0, HANDSHAKE_TYPE.clientHello);
    const whole = hello?.appearances.some((p) => p.from === 0 && p.to === hello.length) ?? false;
    return whole && other.flights.some((f) => f.sender === 'server');
  });
}

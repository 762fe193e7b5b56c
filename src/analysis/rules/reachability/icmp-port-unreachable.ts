/** A2: ICMP says that the datagrams are not delivered: no listener, no route, or a filter. */
import type { IcmpKind } from '../../surrounding-facts.ts';
import { duration, endpointText, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { type Undelivered, undelivered } from './icmp-errors.ts';

export const icmpPortUnreachable: Rule = {
  scope: 'association',
  id: 'icmp-port-unreachable',
  group: 'reachability',
  title: 'Nobody listens on that UDP port',
  severity: 'failure',
  rank: 'proof',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 1122 §3.2.2.1', 'RFC 4443 §3.1', 'RFC 6347 §4.1.1.1'],
  advice: 'Start the server, and check the port and the interface it listens on: IPv4 and IPv6 are different sockets.',
  alternatives: [
    'A firewall may send the same message to refuse a port on which somebody listens: compare the sender of the ICMP message with the server.',
    'ICMP messages are not authenticated: a forged one looks the same, but then the server answers all the same.',
  ],
  looksLike:
    'An ICMP destination unreachable that quotes a datagram of the client, and nothing from the server after it.',
  why: 'The host has no socket on that port, or a router has no way there. Most DTLS stacks ignore ICMP and go on waiting for their timer.',
  sources: ['sdamm/asio_dtls#11'],
  explains: [
    'no-answer-to-clienthello',
    'gave-up',
    'server-lost-state',
    'idle-session-dropped',
    'server-mute-after-cookie',
    'one-way-downlink-dead',
    'no-retransmission-at-all',
    'flight-lost-and-recovered',
    'no-close-notify',
  ],
  check: notDelivered,
};

function notDelivered(subject: Subject): readonly Match[] {
  const toServer = undelivered(subject, 0);
  if (toServer.length > 0) {
    const answered = subject.records.find((r) => r.side === 1);
    if (subject.established && answered && answered.timeMs > (toServer[0]?.error.timeMs ?? 0))
      return cameLater(subject, toServer);
    return noServer(subject, toServer);
  }
  return clientRefuses(subject);
}

/** The server's port was closed at first: it came up while the client repeated its hello. */
function cameLater(subject: Subject, all: readonly Undelivered[]): readonly Match[] {
  const answer = subject.records.find((r) => r.side === 1);
  const early = all.filter((u) => u.error.timeMs < (answer?.timeMs ?? 0));
  const [first] = early;
  if (!first || !answer) return [];
  return [
    {
      title: `At first nobody listened on ${endpointText(subject.a.server)}: ${icmpText(first)}`,
      explanation: `${capitalText(first)} came back ${times(early.length)} before the server answered, ${duration(
        answer.timeMs - first.error.timeMs,
      )} after the first of them. The repeated ClientHello found it there.`,
      evidence: [errorEvidence(first), subject.evidence(answer.index, 'The first answer of the server')],
      certainty: 'seen',
      severity: 'warning',
      advice: 'Start the server before the client, or let the client try again at once after such a message.',
    },
  ];
}

function noServer(subject: Subject, all: readonly Undelivered[]): readonly Match[] {
  const closedMs = closedAtMs(subject);
  // Whoever has said goodbye may leave; what comes after that finds nobody, rightly.
  const open = all.filter(({ error }) => error.timeMs < closedMs);
  const inHandshake = subject.a.handshakes.length > 0 && !subject.established;
  const telling = inHandshake ? open : stillTalking(open);
  const [first] = telling;
  const last = telling.at(-1) ?? first;
  if (!first || !last) return [];
  if (subject.records.some((r) => r.side === 1 && r.timeMs > first.error.timeMs)) return [];
  const server = endpointText(subject.a.server);
  const before = subject.records.findLast((r) => r.side === 1);
  const errors: [Evidence, ...Evidence[]] = [errorEvidence(first), ...(last === first ? [] : [errorEvidence(last)])];
  return [
    {
      title: titleOf(first, server, before !== undefined),
      explanation: `${capitalText(first)} came back ${times(telling.length)} for what the client sent to ${server}. ${
        before
          ? `The server had answered until ${duration(first.error.timeMs - before.timeMs)} before the first of them, and sends nothing after it.`
          : 'The server itself sends nothing.'
      }`,
      evidence: first.record
        ? [subject.evidence(first.record.index, 'The datagram that was not delivered'), ...errors]
        : errors,
      certainty: 'seen',
      ...adviceFor(first.error.kind),
    },
  ];
}

/** How long a client goes on that is not just taking its leave, where keys are missing to see its alerts. */
const TALKING_MS = 1000;

/** After the handshake only datagrams that carried data tell: not those of a close, which may be hidden. */
function stillTalking(open: readonly Undelivered[]): readonly Undelivered[] {
  const ours = open.filter(({ record }) => record !== null);
  const [first] = ours;
  const last = ours.at(-1);
  if (!first?.record || !last) return [];
  return first.record.contentType === APPLICATION_DATA || last.error.timeMs - first.error.timeMs >= TALKING_MS
    ? ours
    : [];
}

/** The client is there and goes on, but its host does not let the answers in. */
function clientRefuses(subject: Subject): readonly Match[] {
  if (subject.established) return [];
  const closedMs = closedAtMs(subject);
  const refused = undelivered(subject, 1).filter((u) => u.error.timeMs < closedMs);
  const first = refused.find((u) => u.record !== null);
  if (!first?.record || !subject.records.some((r) => r.side === 0 && r.timeMs > first.error.timeMs)) return [];
  const client = endpointText(subject.a.client);
  return [
    {
      title: `The answers of the server do not get in at ${client}: ${icmpText(first)}`,
      explanation: `${capitalText(first)} came back ${times(refused.length)} for what the server sent to ${client}. The client goes on repeating its message.`,
      evidence: [subject.evidence(first.record.index, 'The answer that was not delivered'), errorEvidence(first)],
      certainty: 'seen',
      advice:
        'Check whether the socket of the client still exists, and whether it is connected to another address than the one that answers.',
    },
  ];
}

const ALERT = 21;
const APPLICATION_DATA = 23;

/** When the association was ended by an alert, as far as it can be told without keys. */
function closedAtMs({ others, a }: Subject): number {
  const alert = others.find((r) => r.contentType === ALERT);
  return Math.min(alert?.timeMs ?? Number.POSITIVE_INFINITY, a.alerts[0]?.timeMs ?? Number.POSITIVE_INFINITY);
}

function titleOf(u: Undelivered, server: string, answeredBefore: boolean): string {
  if (u.error.kind !== 'port-unreachable') return `Datagrams to ${server} are not delivered: ${icmpText(u)}`;
  return answeredBefore
    ? `The server at ${server} is gone: ${icmpText(u)}`
    : `Nobody listens on ${server}: ${icmpText(u)}`;
}

const NAMES: ReadonlyMap<IcmpKind, string> = new Map<IcmpKind, string>([
  ['port-unreachable', 'port unreachable'],
  ['protocol-unreachable', 'protocol unreachable'],
  ['host-unreachable', 'host unreachable'],
  ['net-unreachable', 'network unreachable'],
  ['administratively-prohibited', 'administratively prohibited'],
  ['time-exceeded', 'time to live exceeded'],
]);

const nameOf = ({ error }: Undelivered): string => `ICMP ${NAMES.get(error.kind) ?? 'unreachable'}`;
const icmpText = (u: Undelivered): string => `${u.error.from} says ${nameOf(u)}`;
const capitalText = (u: Undelivered): string => `${nameOf(u)} from ${u.error.from}`;

function errorEvidence(u: Undelivered): Evidence {
  return { packet: u.error.packet, timeMs: u.error.timeMs, says: `${nameOf(u)} from ${u.error.from}` };
}

function adviceFor(kind: IcmpKind): Pick<Match, 'advice'> {
  switch (kind) {
    case 'port-unreachable':
    case 'protocol-unreachable':
      return {};
    case 'administratively-prohibited':
      return { advice: 'Allow UDP to this port in the firewall that sent the ICMP message.' };
    case 'time-exceeded':
      return { advice: 'Look for a routing loop at the router that sent the ICMP message.' };
    default:
      return {
        advice: 'Check the address of the server and the routes to it, first at the router that sent the ICMP message.',
      };
  }
}

/** A3: the server answers from another address or port than the one that the client wrote to. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import { endpointText, milliseconds, times } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';

export const answerFromOtherAddress: Rule = {
  scope: 'association',
  id: 'answer-from-other-address',
  group: 'reachability',
  title: 'The answer comes from another address or port',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'no',
  citations: ['RFC 6347 §4.1', 'RFC 1122 §4.1.3.5'],
  advice:
    'Let the server answer from the address that was asked: one socket for each address, or IP_PKTINFO. Check address translation on the way for the same reason.',
  alternatives: [
    'A load balancer answers on purpose from another address: then the client has to accept that, and this one does not.',
    'Another server answers another client behind the same address: then the hello that it answers is not in this capture.',
  ],
  looksLike:
    'A ClientHello to one address, and a HelloVerifyRequest or ServerHello from another one, which the client does not answer.',
  why: 'A server with several addresses that listens on all of them lets its host choose the source of what it sends. A client with a connected socket, and every NAT, throws such an answer away.',
  sources: ['rtpengine#1996', 'docker-ocserv#45'],
  sample: 'multihomed-server-connected-client-fails-dtls12.pcap',
  explains: [
    'icmp-port-unreachable',
    'no-answer-to-clienthello',
    'one-way-downlink-dead',
    'client-ignores-hvr',
    'gave-up',
    'flight-lost-and-recovered',
    'hvr-lost',
  ],
  check: (subject) => {
    const answer = answerElsewhere(subject);
    return answer && !clientWentOn(subject, answer) ? [match(subject, answer)] : [];
  },
};

interface Answer {
  readonly from: Endpoint;
  /** Its first record. */
  readonly record: RecordFact;
  /** Datagrams that came from there. */
  readonly records: readonly RecordFact[];
}

function answerElsewhere(subject: Subject): Answer | null {
  const moved = subject.analysed.state.addressChanges.find((c) => c.side === 1 && !c.far);
  if (moved && subject.fact(moved.record).epoch === 0) {
    const records = subject.records.filter((r) => r.side === 1 && r.index >= moved.record);
    const [record] = records;
    return record ? { from: moved.to, record, records } : null;
  }
  if (!subject.a.rolesKnown || subject.sorted.hasFrom(1)) return null;
  return fromOtherPort(subject);
}

/** No known message of the client explains such an answer, so it stands as an association of its own. */
const OPENING: ReadonlySet<number> = new Set([HANDSHAKE_TYPE.helloVerifyRequest, HANDSHAKE_TYPE.serverHello]);
const SOON_MS = 10_000;

function fromOtherPort(subject: Subject): Answer | null {
  const asked = subject.records[0];
  if (!asked) return null;
  for (const other of subject.all.ofClientEndpoint(subject)) {
    const { startMs, server } = other.a;
    if (startMs < asked.timeMs || startMs > asked.timeMs + SOON_MS) continue;
    if (other.sorted.hasFrom(0)) continue;
    const [record] = other.records;
    const opens = record && other.carried(record.index).some((c) => c.kind === 'fragment' && OPENING.has(c.type));
    if (record && opens) return { from: server, record, records: other.records };
  }
  return null;
}

/** It answered what came from there: the other address is no hindrance. */
function clientWentOn(subject: Subject, { record }: Answer): boolean {
  return subject.flights.some((f) => f.sender === 'client' && (f.transmissions[0]?.startMs ?? 0) > record.timeMs);
}

function match(subject: Subject, { from, record, records }: Answer): Match {
  const { client, server } = subject.a;
  const hello = subject.flight(1);
  const repeats = (hello?.transmissions ?? []).filter((t) => t.startMs > record.timeMs);
  const [error] = subject.trace.surroundings
    .icmpFor(client, from)
    .filter((e) => e.side === 1 && e.kind === 'port-unreachable' && e.timeMs >= record.timeMs);
  const asked = hello?.transmissions[0];
  const lastRepeat = repeats.at(-1);
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(record.index, `The answer from ${endpointText(from)}`),
    ...(asked ? [subject.sentEvidence(asked, `The ClientHello to ${endpointText(server)}`)] : []),
    ...(error
      ? [{ packet: error.packet, timeMs: error.timeMs, says: "The client's host refuses it: ICMP port unreachable" }]
      : []),
    ...(lastRepeat ? [subject.sentEvidence(lastRepeat, 'The client repeats its ClientHello all the same')] : []),
  ];
  const delay = asked ? `, ${milliseconds(record.timeMs - asked.startMs)} later` : '';
  return {
    title: `The client asked ${endpointText(server)}, but the answer comes from ${endpointText(from)}`,
    explanation: `The ClientHello went to ${endpointText(server)}. The answer comes from ${endpointText(from)}${delay} (${records.length} records in all). ${
      error
        ? "The client's host refuses it with ICMP port unreachable: its socket is connected to the other address."
        : repeats.length > 0
          ? `The client repeats its ClientHello ${times(repeats.length)} as if nothing had come.`
          : 'The client does not answer it.'
    }`,
    evidence,
    certainty: error ? 'seen' : repeats.length > 0 ? 'near-certain' : 'inferred',
  };
}

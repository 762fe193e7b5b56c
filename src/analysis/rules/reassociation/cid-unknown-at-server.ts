/** H10: records with a connection ID that nobody knows. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { toHex } from '../../../wire/text.ts';
import { MARK } from '../../record-table.ts';
import { count, endpointText } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { hasConnectionId } from './protected-records.ts';
import { span } from './time-words.ts';

export const cidUnknownAtServer: Rule = {
  scope: 'association',
  id: 'cid-unknown-at-server',
  group: 'reassociation',
  title: 'Records with a connection ID that the receiver does not know',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 9146 §6', 'RFC 9147 §9'],
  advice:
    'Let the client do a new handshake when nothing is answered. At the server, find out whether it restarted, whether a balancer sends the ID to the wrong node, and whether its listener hands such records on.',
  alternatives: [
    'The handshake was before the capture and the application does not answer these records: its protocol tells.',
    'The answers go another way and were not captured, as with one direction of a mirror port: then the server sends nothing to anybody here.',
  ],
  looksLike:
    'Records of type tls12_cid, or with the C bit, whose ID no hello of the capture names. They come again and again, and nobody answers.',
  why: 'The ID stands for an association at the receiver. One that restarted, or another node behind the same address, does not know it and throws the record away without a word.',
  sources: ['libcoap#1472'],
  explains: ['server-lost-state', 'no-close-notify'],
  check: unknownConnectionId,
};

/** Nothing came back for so long. */
const SILENCE_MS = 2000;

function unknownConnectionId(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.outcome !== 'no-handshake') return [];
  const { records } = subject.analysed.state;
  if (records[0] === undefined) return [];
  const one = subject.fact(records[0]);
  if (!hasConnectionId(subject, one) || subject.sorted.hasFrom(one.side === 0 ? 1 : 0)) return [];
  const { cid, mark } = subject.trace.records.columns;
  const sent = records.filter((r) => mark[r] !== MARK.duplicate && cid[r] !== 0);
  const last = subject.fact(sent.at(-1) ?? one.index);
  if (sent.length < 2 || !subject.watched(one.timeMs, SILENCE_MS) || last.timeMs - one.timeMs < SILENCE_MS / 2)
    return [];
  const { source, destination } = subject.datagram(one.index);
  // The same receiver talks to others, so it is there, and its answers are in the capture.
  const others = subject.all.subjects.length > 1 ? subject.all.ofServer(subject) : [];
  const speaks = others.find((o) => speaksFrom(o, destination));
  const known = others.find((o) => o.a.connectionIds.server !== null);
  const id = idOf(subject, one, known?.a.connectionIds.server?.length ?? 0);
  return [
    {
      title: `No answer from ${endpointText(destination)} to ${count(sent.length, 'record')} with a connection ID that no hello here names`,
      explanation: [
        `${endpointText(source)} sent ${count(sent.length, 'record')} with ${id ? `the connection ID ${id}` : 'a connection ID'} within ${span(last.timeMs - one.timeMs)}, and nothing came back.`,
        'No hello of the capture agreed on this ID: the association is older than the capture.',
        speaks
          ? `The receiver answers others meanwhile (${speaks.a.id}), so it is there and does not know the ID.`
          : 'Whether the receiver is there at all, this capture does not show.',
      ].join(' '),
      evidence: [
        subject.evidence(one.index, 'A record with a connection ID'),
        subject.evidence(last.index, `The last of ${sent.length}, no answer`),
      ],
      certainty: 'inferred',
      ...(speaks ? {} : { severity: 'warning' as const }),
    },
  ];
}

/** Its server sent something from there. */
function speaksFrom({ trace, analysed }: Subject, { address, port }: Endpoint): boolean {
  const { side } = trace.records.columns;
  return analysed.state.records.some((r) => {
    if (side[r] !== 1) return false;
    const { source } = trace.datagramOf(r);
    return source.address === address && source.port === port;
  });
}

/** Where the length is known from another association with the same server. */
function idOf(subject: Subject, { index }: RecordFact, hexDigits: number): string | null {
  if (hexDigits === 0) return null;
  const { payload } = subject.datagram(index);
  const from = subject.trace.records.columns.from.get(index);
  const at = (payload[from] ?? 0) >> 5 === 0b001 ? from + 1 : from + 11;
  return toHex(payload.subarray(at, at + hexDigits / 2));
}

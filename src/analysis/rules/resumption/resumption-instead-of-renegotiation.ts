/** I3: a session goes on in a new handshake while the old association is still open. */
import { endpointText } from '../../words.ts';
import { isOver } from '../reassociation/living.ts';
import { isAfterHandshake } from '../reassociation/protected-records.ts';
import { span } from '../reassociation/time-words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const resumptionInsteadOfRenegotiation: Rule = {
  scope: 'association',
  id: 'resumption-instead-of-renegotiation',
  group: 'resumption',
  title: 'The client resumed its session in a new handshake while the old association was open',
  severity: 'note',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 5246 §7.3', 'RFC 6347 §4.2.8', 'RFC 8446 §2.2'],
  advice: 'Nothing to do. A client that comes back like this often may use connection IDs instead (RFC 9146).',
  alternatives: [
    'The client restarted and kept its sessions, or it gave up on a dead path: its log tells. The wire looks the same.',
  ],
  looksLike:
    'While an association is open, a ClientHello in epoch 0 offers its session ID or ticket, from the same or from another port, and an abbreviated handshake follows.',
  why: 'This makes a new association with new keys from the old secret. It is no renegotiation: that would be a ClientHello under the keys of the old association.',
  sources: ['californium'],
  sample: 'openssl-assoc-resume-newport.pcap',
  check: resumedWhileOpen,
};

function resumedWhileOpen(subject: Subject): readonly Match[] {
  const relation = subject.story.relations.find((r) => r.kind === 'resumes');
  const old = subject.all.byId(relation?.with ?? null);
  const hello = subject.analysed.state.records[0];
  if (!relation || !old || old === subject || hello === undefined || !subject.established) return [];
  const wasUsed = ([0, 1] as const).every((side) =>
    old.records.some((r) => r.side === side && r.index < hello && isAfterHandshake(old, r)),
  );
  if (!wasUsed || isOver(old, 0, hello)) return [];
  const last = old.records.findLast((r) => r.index < hello);
  const { client } = subject.a;
  const samePort = client.port === old.a.client.port && client.address === old.a.client.address;
  const answer = subject.said('ServerHello', 'server')[0];
  return [
    {
      title: `The client resumed the session of ${old.a.id} from ${samePort ? 'the same port' : `another port, ${client.port},`} while it was open`,
      explanation: `${old.a.id} was established and nobody had closed it. ${span(subject.a.startMs - (last?.timeMs ?? old.a.startMs))} after its last record, ${endpointText(client)} offered its session in a ClientHello in epoch 0, and the server resumed it. This is a new association, not a renegotiation of the old one.`,
      evidence: [
        subject.evidence(hello, 'A ClientHello in epoch 0 that offers the session'),
        ...(answer ? [subject.evidence(answer.record, 'The server resumes it')] : []),
      ],
      certainty: 'seen',
    },
  ];
}

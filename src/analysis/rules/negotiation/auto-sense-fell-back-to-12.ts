/** C10: a server decides the version from the first fragment of a ClientHello, before it has read supported_versions. */
import { downgradeMark, negotiatedVersion } from '../../../dtls/messages/server-hello.ts';
import { EXTENSION_TYPE, VERSION } from '../../../dtls/registry.ts';
import { count } from '../../words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Said, Subject } from '../subject.ts';
import { clientHellos, namedVersions } from './offers.ts';

export const autoSenseFellBackTo12: Rule = {
  scope: 'association',
  id: 'auto-sense-fell-back-to-12',
  group: 'negotiation',
  title: 'The version was guessed from the first fragment of the ClientHello',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 9147 §5.5', 'RFC 8446 §4.2.1'],
  advice:
    'Update the server, or make the ClientHello fit into one datagram: offer fewer key shares, and no post-quantum group in the first one.',
  alternatives: ['The server is set to DTLS 1.2 for this client: its settings tell.'],
  looksLike:
    'A ClientHello in two datagrams whose first does not reach supported_versions, and an answer of DTLS 1.2 although the server speaks 1.3 with others.',
  why: 'A large ClientHello comes in fragments. A server that supports both versions has to wait for all of it; one that looks at the first fragment alone sees a client of DTLS 1.2.',
  sources: ['dimpl#86', 'dimpl#88'],
  explains: ['gave-up', 'plaintext-alert', 'version-mismatch', 'client-ignores-hvr', 'fragmented-clienthello-ignored'],
  check: fellBack,
};

function fellBack(subject: Subject): readonly Match[] {
  const offer = subject.is13 ? null : subject.clientHello;
  if (!offer || !namedVersions(offer).includes(VERSION.dtls13)) return [];
  const [hello] = clientHellos(subject);
  if (!hello) return [];
  const versions = hello.decoded.extensions.find((e) => e.type === EXTENSION_TYPE.supportedVersions);
  const [first] = hello.message.appearances;
  if (!versions || !first || first.from > 0 || first.to >= versions.at.to) return [];
  const answer = oldAnswer(subject);
  if (!answer) return [];
  const reason = knows13(subject, hello, answer);
  if (!reason) return [];
  return [
    {
      severity: subject.established ? 'note' : 'failure',
      title: `The server answers with DTLS 1.2 to a ClientHello whose first fragment does not show the versions`,
      explanation: `The ClientHello of ${count(hello.message.length, 'byte')} came in fragments. The first ends at byte ${first.to}, before supported_versions (bytes ${versions.at.from} to ${versions.at.to}), which offers DTLS 1.3. ${answer.says} ${reason.says}`,
      evidence: [
        subject.evidence(first.record, `The first fragment: bytes 0 to ${first.to} of ${hello.message.length}`),
        subject.evidence(hello.record, 'The ClientHello is complete, and offers DTLS 1.3'),
        subject.evidence(answer.record, answer.says),
        ...reason.evidence,
      ],
      certainty: reason.early ? 'near-certain' : 'inferred',
    },
  ];
}

interface Answer {
  readonly record: number;
  readonly says: string;
}

function oldAnswer(subject: Subject): Answer | null {
  const [request] = subject.said('HelloVerifyRequest', 'server');
  if (request) return { record: request.record, says: 'The server answers with HelloVerifyRequest, as DTLS 1.2 does.' };
  const hello = subject.said('ServerHello', 'server').find((s) => !s.decoded.isHelloRetryRequest);
  return hello && negotiatedVersion(hello.decoded) !== VERSION.dtls13
    ? { record: hello.record, says: 'The ServerHello chooses an older version.' }
    : null;
}

/** Why the server could have spoken version 1.3; null where nothing says so. */
function knows13(
  subject: Subject,
  hello: Said<'ClientHello'>,
  answer: Answer,
): { readonly says: string; readonly evidence: readonly Evidence[]; readonly early: boolean } | null {
  if (answer.record < hello.record && subject.surelyCapturedAt('server'))
    return { says: 'It did so before the rest of the ClientHello had arrived.', evidence: [], early: true };
  const chosen = subject.said('ServerHello', 'server').find((s) => downgradeMark(s.decoded.random) === 'to-1.2');
  if (chosen)
    return {
      says: 'Its random says that it supports DTLS 1.3 (RFC 8446 §4.1.3).',
      evidence: [subject.evidence(chosen.record, 'The random ends in the mark of a server that supports version 1.3')],
      early: false,
    };
  const other = subject.all.ofServer(subject).find((o) => o.a.version === 'DTLS 1.3');
  if (!other) return null;
  return {
    says: `With another client (${other.a.id}) the same server speaks DTLS 1.3.`,
    evidence: [{ timeMs: other.a.startMs, says: `${other.a.id}: DTLS 1.3 with the same server` }],
    early: false,
  };
}

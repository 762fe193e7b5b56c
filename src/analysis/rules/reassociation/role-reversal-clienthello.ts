/** H5: who was the server opens a handshake as a client. */
import { endpointText, times } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { earlier, isSame } from './living.ts';
import { isAfterHandshake } from './protected-records.ts';
import { span } from './time-words.ts';

export const roleReversalClientHello: Rule = {
  scope: 'association',
  id: 'role-reversal-clienthello',
  group: 'reassociation',
  title: 'The former server opens a handshake as a client',
  severity: 'failure',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 6347 §4.2', 'RFC 6347 §4.2.8'],
  advice:
    'Keep the server from opening handshakes: in Californium set DTLS_ROLE=SERVER_ONLY, or the handshake mode none for responses. If the server must be able to start, let the device accept the server role too.',
  alternatives: [
    'The former server restarted as another program that is a client by nature: its log tells.',
    'The ClientHello is a forgery: then no records under new keys follow, and the old association goes on.',
  ],
  looksLike:
    'An association with client and server, and later a ClientHello in epoch 0 between the same ports the other way round.',
  why: 'In DTLS whoever sends the ClientHello is the client. A stack that may be both opens a new handshake to deliver a message after the association is gone. Most clients cannot answer as a server.',
  sources: ['californium#2235', 'leshan#1081', 'OMA_LwM2M#410', 'californium#169', 'wakaama#398'],
  explains: [
    'no-answer-to-clienthello',
    'gave-up',
    'plaintext-alert',
    'one-way-downlink-dead',
    'version-mismatch',
    'no-shared-cipher',
  ],
  check: reversal,
};

/** A single ClientHello that nothing followed for so long was not answered. */
const NO_ANSWER_MS = 3000;

function reversal(subject: Subject): readonly Match[] {
  const { a } = subject;
  if (a.replaces === null || !a.rolesKnown) return [];
  if (subject.story.relations.some((r) => r.kind === 'simultaneous')) return [];
  const old = earlier(subject).find((o) => isReversed(o, subject));
  const hello = subject.flight(1)?.transmissions ?? [];
  const [first, last] = [hello[0], hello.at(-1)];
  if (!old || !first || !last) return [];
  const alert = subject.established ? null : refusalOf(subject, old, (first.records[0] ?? 1) - 1);
  const refused = alert !== null;
  const unanswered =
    !refused &&
    !subject.sorted.hasFrom(1) &&
    (hello.length > 1 || subject.watched(first.startMs, NO_ANSWER_MS)) &&
    subject.unfinished;
  const closing = old.a.closed !== null && old.a.closed !== 'replaced';
  const pauseMs = a.startMs - (old.records.findLast((r) => r.timeMs < a.startMs)?.timeMs ?? old.a.startMs);
  const how = subject.established
    ? 'The former client answered as a server, and the handshake was done.'
    : refused
      ? `The handshake ended with the alert ${alert.name} of the ${alert.says}.`
      : unanswered
        ? `The former client answered nothing: the ClientHello was sent ${times(hello.length)}.`
        : 'The handshake was not completed in this capture.';
  return [
    {
      title: `The server of ${old.a.id}, ${endpointText(a.client)}, opened this handshake as client${
        subject.established
          ? ', and it was done'
          : unanswered
            ? ', and nobody answered'
            : refused
              ? ', and it was refused'
              : ''
      }`,
      explanation: `In ${old.a.id} ${endpointText(a.client)} was the server. ${
        closing
          ? `${span(pauseMs)} after that was closed, it sent a ClientHello itself`
          : `That was not closed when, ${span(pauseMs)} after its last record, it sent a ClientHello itself`
      }: it has something to deliver and no keys for it any more. ${how}`,
      evidence: [
        subject.sentEvidence(first, `A ClientHello from the server of ${old.a.id}`),
        ...(refused ? [subject.evidence(alert.record, `The alert ${alert.name}`)] : []),
        ...(unanswered && last !== first ? [subject.sentEvidence(last, `The last of ${hello.length}, no answer`)] : []),
      ],
      certainty: 'seen',
      ...(refused || unanswered ? {} : { severity: 'note', advice: 'Nothing to do where both ends can be both.' }),
    },
  ];
}

interface Refusal {
  readonly record: number;
  readonly name: string;
  readonly says: string;
}

/** A plaintext alert of the former client may pass for one of the old association, which it wrote to last. */
function refusalOf(subject: Subject, old: Subject, hello: number): Refusal | null {
  const own = subject.endingAlert;
  if (own) return { ...own, says: own.sender === 'client' ? 'new client' : 'former client' };
  const other = old.a.alerts.find((a) => a.epoch === 0 && a.level === 'fatal' && a.record - 1 > hello);
  return other ? { record: other.record - 1, name: other.description, says: 'former client' } : null;
}

/** An association that was in use, with the roles the other way round. */
function isReversed(old: Subject, { a }: Subject): boolean {
  return (
    old.a.rolesKnown &&
    old.a.startMs < a.startMs &&
    isSame(old.a.client, a.server) &&
    isSame(old.a.server, a.client) &&
    old.records.some((r) => r.timeMs < a.startMs && r.side === 1 && isAfterHandshake(old, r))
  );
}

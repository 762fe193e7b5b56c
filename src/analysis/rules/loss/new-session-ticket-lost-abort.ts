/** F5: the session ticket was lost, and the client took the ChangeCipherSpec behind it for an error. */

import { sessionTicket } from '../../../dtls/extensions/accessors.ts';
import { alertDescriptionName } from '../../../dtls/registry.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const newSessionTicketLostAbort: Rule = {
  scope: 'association',
  id: 'new-session-ticket-lost-abort',
  group: 'loss',
  title: 'The session ticket was lost, and the client gave up instead of waiting',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 6347 §4.2.4', 'RFC 5077 §3.3'],
  advice: 'Upgrade the client. Until then, switch session tickets off at the server.',
  alternatives: [
    'The Finished itself was wrong: then the alert comes although the ticket arrived, and a recomputed Finished is invalid.',
  ],
  looksLike:
    'The server announced a ticket; its ChangeCipherSpec and Finished are there, the NewSessionTicket is not, and the client sends a fatal alert.',
  why: 'After a loss the client has to wait for the repeat. Old OpenSSL took the ChangeCipherSpec for unexpected, JSSE computed Finished without the ticket.',
  sources: ['openssl#5409', 'JDK-8367059'],
  explains: [
    'plaintext-alert',
    'encrypted-alert-ended-it',
    'bad-record-mac-alert',
    'flight-lost-and-recovered',
    'partial-flight-held-up',
  ],
  check: aborted,
};

const UNEXPECTED_MESSAGE = 10;
const DECRYPT_ERROR = 51;
const FINISHED_FLIGHT = /^(ChangeCipherSpec|Finished)$/;

function aborted(subject: Subject): readonly Match[] {
  const { serverHello } = subject;
  if (!serverHello || subject.is13 || !sessionTicket(serverHello.extensions)) return [];
  const last = subject.flights.at(-1);
  if (last?.sender !== 'server' || !last.messages.every((m) => FINISHED_FLIGHT.test(m))) return [];
  const from = last.transmissions[0];
  if (!from) return [];
  const alert = subject.a.alerts.find(
    (a) =>
      a.sender === 'client' && a.timeMs >= from.startMs && (a.code === UNEXPECTED_MESSAGE || a.code === DECRYPT_ERROR),
  );
  const closed = subject.records.find(
    (r) => r.side === 0 && r.timeMs >= from.startMs && r.contentType === 21 && r.state === 'undecryptable',
  );
  const ending = alert ? alert.record - 1 : closed?.index;
  if (ending === undefined) return [];
  return [
    {
      title: 'The NewSessionTicket never came, and the client ended the handshake',
      explanation: `The server announced a ticket in its ServerHello. ${last.messages.join(' and ')} came without it, and the client answered with ${
        alert ? `the alert ${alertDescriptionName(alert.code)}` : 'an encrypted alert'
      }. It should have waited for the repeat.`,
      evidence: [
        subject.sentEvidence(from, 'The last flight without its NewSessionTicket'),
        subject.evidence(ending, 'The client ends it'),
      ],
      certainty: alert ? 'near-certain' : 'inferred',
    },
  ];
}

/** I2: the server resumes the session, and the two do not agree on its keys. */
import type { AlertView } from '../../trace.ts';
import { count, otherSender } from '../../words.ts';
import { certainAt } from '../reassociation/living.ts';
import { isAlert, isOriginal } from '../reassociation/protected-records.ts';
import { span } from '../reassociation/time-words.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { offeredSession } from './offered-session.ts';

export const resumptionFailed: Rule = {
  scope: 'association',
  id: 'resumption-failed',
  group: 'resumption',
  title: 'The server resumes the session, and the abbreviated handshake breaks',
  severity: 'failure',
  rank: 'specific',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 5246 §7.3', 'RFC 5246 §7.4.9', 'RFC 5246 Appendix F.1.4'],
  advice:
    'Throw the session away at the client and do a full handshake. At the server, check that session store and ticket keys belong to the same sessions on all nodes, and after a failed resumption fall back with a new cookie.',
  alternatives: [
    'The flight of the server was lost on the way: then the client repeats its ClientHello.',
    'The client ended for a reason of its own, such as a crash: its log tells.',
  ],
  looksLike:
    'A ServerHello with the session ID of the ClientHello, ChangeCipherSpec and Finished. Then an alert, or a silent client while the server repeats its flight.',
  why: 'An abbreviated handshake uses a master secret that both sides stored. If one of them stored another, neither can read the Finished of the other.',
  sources: ['CVE-2022-2576'],
  explains: [
    'plaintext-alert',
    'encrypted-alert-ended-it',
    'bad-record-mac-alert',
    'wrong-psk',
    'gave-up',
    'resumption-client-final-flight-not-repeated',
    'final-flight-lost-recovered',
    'flight-lost-and-recovered',
    'cert-verify-failed',
  ],
  check: failedResumption,
};

interface Ending {
  readonly says: string;
  readonly evidence: Evidence;
  readonly certainty: Match['certainty'];
}

function failedResumption(subject: Subject): readonly Match[] {
  const { handshake } = subject;
  if (!handshake?.kind.startsWith('resumed') || !subject.unfinished) return [];
  const flight = subject.flightWith('ServerHello', 'server');
  const [hello] = subject.said('ClientHello', 'client');
  const start = flight?.transmissions[0];
  const first = start?.records[0];
  if (!flight || !hello || !start || first === undefined) return [];
  const ending = alertAfter(subject, first - 1) ?? silentClient(subject, flight.transmissions, first - 1);
  if (!ending) return [];
  const session = offeredSession(subject, hello.decoded);
  return [
    {
      title: `The server resumed the session${session?.from ? ` of ${session.from.a.id}` : ''}, and the abbreviated handshake broke`,
      explanation: [
        `The ServerHello takes the session that the client offered${session ? ` by ${session.by}` : ''}, and ChangeCipherSpec and Finished follow under its stored keys.`,
        ending.says,
        'This is what happens when the two have stored different secrets for the session.',
      ].join(' '),
      evidence: [
        subject.evidence(hello.record, 'The ClientHello offers a session'),
        subject.sentEvidence(start, 'The server resumes it'),
        ending.evidence,
      ],
      certainty: ending.certainty,
    },
  ];
}

/** An alert of either side once the server had resumed: in the clear, opened, or closed. */
function alertAfter(subject: Subject, from: number): Ending | null {
  const told = subject.a.alerts.find((alert) => alert.record - 1 > from && isRefusal(alert));
  if (told)
    return {
      says: `The ${told.sender} ended it with the alert ${told.description}.`,
      evidence: subject.evidence(told.record - 1, `The alert ${told.description}`),
      certainty: 'near-certain',
    };
  const closed = subject.records.find(
    (r) => r.index > from && r.epoch > 0 && r.state === 'undecryptable' && isAlert(subject, r),
  );
  return closed
    ? {
        says: `The ${closed.sender} sent an encrypted alert instead of going on.`,
        evidence: subject.evidence(closed.index, 'An encrypted alert'),
        certainty: 'inferred',
      }
    : null;
}

const CLOSE_NOTIFY = 0;
const isRefusal = ({ code, level }: AlertView): boolean => level === 'fatal' && code !== CLOSE_NOTIFY;

/** The client says nothing at all, while the server repeats its flight: a client that missed it would repeat its hello. */
function silentClient(
  subject: Subject,
  transmissions: readonly { readonly startMs: number; readonly records: readonly number[] }[],
  from: number,
): Ending | null {
  const last = transmissions.at(-1);
  if (transmissions.length < 2 || !last) return null;
  const client = subject.records.filter((r): r is RecordFact => r.side === 0 && r.index > from && isOriginal(r));
  if (client.length > 0 || !subject.watched(last.startMs, 1000)) return null;
  const spanMs = last.startMs - (transmissions[0]?.startMs ?? last.startMs);
  const atClient = certainAt(subject, 'client');
  return {
    says: `The server repeated this flight (${count(transmissions.length, 'time')} in ${span(spanMs)}), and the client said nothing more: ${
      atClient
        ? 'it got the flight and threw the Finished away.'
        : `a ${otherSender('server')} that missed it would repeat its ClientHello.`
    }`,
    evidence: subject.evidence((last.records[0] ?? 1) - 1, `Sent for the ${transmissions.length}th time, no answer`),
    certainty: atClient ? 'near-certain' : 'inferred',
  };
}

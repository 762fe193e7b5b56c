/** G5: EC J-PAKE, the password handshake of Thread: the passwords differ. */
import { repeatTimes, times, timesInWords } from '../../words.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { keyEvidence, refusedFinished } from './refused-finished.ts';

export const ecjpakeFailed: Rule = {
  scope: 'association',
  id: 'ecjpake-failed',
  group: 'psk',
  title: 'The passwords of EC J-PAKE (Thread commissioning) differ',
  severity: 'failure',
  rank: 'proof',
  phase: 'handshake',
  keys: 'helps',
  citations: ['draft-cragie-tls-ecjpake', 'RFC 8236', 'RFC 6347 §4.1.2.7'],
  advice:
    'Enter the joining device credential (PSKd) again, exactly as printed: capital letters and digits, without I, O, Q and Z.',
  alternatives: [
    'The record was damaged on its way: then one of its repeats would have been accepted.',
    'The two stacks compute EC J-PAKE differently: then no password works between them.',
  ],
  looksLike:
    'A handshake with TLS_ECJPAKE_WITH_AES_128_CCM_8 that ends in bad_record_mac after the Finished of the client, or in its repeats without an answer.',
  why: 'EC J-PAKE makes the keys from the password without showing it. With a wrong one the first encrypted record, the Finished of the client, cannot be read.',
  sources: ['openthread#622', 'ot-br-posix#561'],
  explains: [
    'plaintext-alert',
    'bad-record-mac-alert',
    'alert-ignored',
    'gave-up',
    'flight-lost-and-recovered',
    'final-flight-holder-silent',
    'epoch-gap',
    'no-retransmission-at-all',
  ],
  check: (subject) => (subject.a.keyExchange === 'ECJPAKE' ? wrongPassword(subject) : []),
};

function wrongPassword(subject: Subject): readonly Match[] {
  const refused = refusedFinished(subject);
  if (!refused) return [];
  const { attempts, alert, arrived, flight, serverRepeats } = refused;
  const two = keyEvidence(subject)?.kind === 'two-secrets';
  const last = attempts.at(-1) ?? attempts[0];
  return [
    {
      title:
        two || alert || arrived !== 'unknown'
          ? "The server cannot read the client's Finished: the EC J-PAKE passwords differ"
          : "Wrong EC J-PAKE password, or the client's last flight never arrives: from here both look the same",
      explanation: `The client sent flight ${flight.number} ${timesInWords(attempts.length)}${
        attempts.length > 1 ? `, again after ${repeatTimes(attempts)}` : ''
      }. ${
        alert
          ? `The server answers with the alert ${alert.name}.`
          : serverRepeats.length > 0
            ? `The server sends its own flight again ${times(serverRepeats.length)} and never goes on.`
            : 'The server does not answer it.'
      } ${two ? 'The key logs hold two different master secrets for this one handshake.' : ''}`.trim(),
      evidence: [
        subject.sentEvidence(attempts[0], "The client's flight with its Finished"),
        ...(last === attempts[0] ? [] : [subject.sentEvidence(last, `Attempt ${attempts.length}`)]),
        ...(alert ? [subject.evidence(alert.record, `The server's alert ${alert.name}`)] : []),
      ],
      certainty: two
        ? 'seen'
        : alert || (arrived === 'surely' && serverRepeats.length > 0)
          ? 'near-certain'
          : 'inferred',
    },
  ];
}

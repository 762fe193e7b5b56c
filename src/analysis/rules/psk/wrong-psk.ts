/** G1: client and server do not have the same pre-shared key. */
import { preSharedKey } from '../../../dtls/extensions/accessors.ts';
import { count, duration, repeatTimes, times } from '../../words.ts';
import { checkOf } from '../checks.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { forIdentity, identityOf } from './identity.ts';
import { type KeyEvidence, keyEvidence, type RefusedFinished, refusedFinished } from './refused-finished.ts';

export const wrongPsk: Rule = {
  scope: 'association',
  id: 'wrong-psk',
  group: 'psk',
  title: 'The pre-shared keys differ',
  severity: 'failure',
  rank: 'proof',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 4279 §2', 'RFC 6347 §4.1.2.1', 'RFC 6347 §4.1.2.7'],
  advice:
    'Compare identity and key at both ends, byte for byte. Watch for hex read as text: "secretPSK" and 73656372657450534b are the same key only if each end reads its own form.',
  alternatives: [
    'The server does not know the identity and goes on with a random key, as RFC 4279 allows: its log says so.',
  ],
  looksLike:
    'The client sends ClientKeyExchange, ChangeCipherSpec and Finished. The server says bad_record_mac, or repeats its ServerHello flight as if nothing had come, or is silent.',
  why: 'DTLS drops records that fail their check without a word, so a typo in the key looks like packet loss. The first record that shows the difference is the Finished of the client.',
  sources: ['openssl#18738', 'openssl#10906', 'Mbed-TLS#227', 'californium#613', 'openthread#622', 'zephyr#49071'],
  sample: 'openssl-fail-psk-wrong-key.pcap',
  explains: [
    'plaintext-alert',
    'bad-record-mac-alert',
    'alert-ignored',
    'gave-up',
    'flight-lost-and-recovered',
    'spurious-retransmission-rtt',
    'no-retransmission-at-all',
    'retransmission-storm',
    'final-flight-holder-silent',
    'final-flight-lost-recovered',
    'epoch-gap',
    'corrupted-record',
    'one-way-downlink-dead',
    'second-hrr-or-keyshare-loop',
    'cert-verify-failed',
    'timer-too-slow',
    'no-close-notify',
  ],
  check: (subject) => (usesPsk(subject) ? refusedKey(subject) : refusedBinder(subject)),
};

function usesPsk({ a, is13 }: Subject): boolean {
  return !is13 && a.keyExchange !== null && /^(PSK|\w+_PSK)$/.test(a.keyExchange);
}

function refusedKey(subject: Subject): readonly Match[] {
  const refused = refusedFinished(subject);
  if (!refused) return [];
  const keys = keyEvidence(subject);
  const { certainty, title } = judge(subject, refused, keys);
  return [
    {
      title,
      explanation: [
        sent(refused),
        answer(subject, refused),
        keysSay(refused, keys),
        vantageSays(subject, refused, keys),
      ]
        .filter((s) => s !== '')
        .join(' '),
      evidence: evidence(subject, refused),
      certainty,
      alternatives: alternatives(subject, refused, keys),
    },
  ];
}

function judge(
  subject: Subject,
  { alert, arrived, serverRepeats }: RefusedFinished,
  keys: KeyEvidence,
): Pick<Match, 'certainty' | 'title'> {
  const whose = forIdentity(subject);
  if (keys?.kind === 'two-secrets')
    return { certainty: 'seen', title: `Client and server use different pre-shared keys for ${whose}` };
  if (alert)
    return {
      certainty: 'near-certain',
      title: `The server cannot read the client's Finished: the pre-shared keys for ${whose} differ`,
    };
  if (keys?.kind === 'other-key')
    return {
      certainty: 'near-certain',
      title: `The client uses another pre-shared key for ${whose} than the one given`,
    };
  if (arrived === 'surely' && (keys !== null || serverRepeats.length > 0))
    return {
      certainty: 'near-certain',
      title: `The server drops the client's Finished: it has another pre-shared key for ${whose}, or none`,
    };
  if (arrived !== 'unknown')
    return {
      certainty: 'inferred',
      title: `The server does not accept the client's Finished: probably it has another pre-shared key for ${whose}, or none`,
    };
  return {
    certainty: 'inferred',
    title: `Wrong pre-shared key for ${whose}, or the client's last flight never arrives: from here both look the same`,
  };
}

function sent({ attempts, flight }: RefusedFinished): string {
  const names = `flight ${flight.number} (ClientKeyExchange, ChangeCipherSpec, Finished)`;
  return attempts.length === 1
    ? `The client sent ${names} once.`
    : `The client sent ${names} and repeated it after ${repeatTimes(attempts)}.`;
}

function answer(subject: Subject, { alert, serverRepeats, attempts, flight }: RefusedFinished): string {
  if (alert) return `The server answers with the alert ${alert.name}: it cannot read the Finished.`;
  if (serverRepeats.length > 0)
    return `The server sent flight ${flight.number - 1} again ${times(serverRepeats.length)} after that, as if the client's flight had not come, and never its own ChangeCipherSpec.`;
  const heard = subject.after(1, attempts[0].endMs).length > 0;
  const waited = duration(subject.all.captureEndMs - attempts[0].startMs);
  return `The server sent ${heard ? 'no ChangeCipherSpec' : 'nothing more'} in the ${waited} that the capture goes on.`;
}

function keysSay({ alert, arrived }: RefusedFinished, keys: KeyEvidence): string {
  switch (keys?.kind) {
    case 'two-secrets':
      return 'The key logs hold two different master secrets for this one handshake: each end has computed its own.';
    case 'other-key':
      return "The client's Finished does not open with the pre-shared key that was given: the client used another one.";
    case 'valid':
      return keys.withGivenPsk
        ? `With the pre-shared key that was given the Finished is right: the client has this key. ${
            alert || arrived === 'surely' ? 'So the server has another.' : 'If it gets there, the server has another.'
          }`
        : "With the client's master secret of the key log the Finished is right, so the record is not damaged.";
    default:
      return '';
  }
}

function vantageSays(subject: Subject, { arrived, alert }: RefusedFinished, keys: KeyEvidence): string {
  if (alert || keys?.kind === 'two-secrets') return '';
  if (arrived === 'surely') return 'The capture was taken at the server, so the flight got there.';
  if (arrived === 'probably') return `${subject.story.vantage.reason} So the flight should have got there.`;
  const through = subject.flights.filter((f) => f.sender === 'client' && f.transmissions.length === 1).length;
  return through > 0
    ? `From here it cannot be told whether the flight got there. Of the client's flights before it ${through === 1 ? 'one' : through} arrived at the first try.`
    : 'From here it cannot be told whether the flight got there.';
}

function evidence(
  subject: Subject,
  { attempts, alert, serverRepeats, flight }: RefusedFinished,
): readonly [Evidence, ...Evidence[]] {
  const last = attempts.at(-1);
  return [
    subject.sentEvidence(attempts[0], "The client's flight with its Finished"),
    ...serverRepeats
      .slice(0, 2)
      .map((t) => subject.sentEvidence(t, `The server sends flight ${flight.number - 1} again`)),
    ...(attempts.length > 1 && last
      ? [subject.sentEvidence(last, `Attempt ${attempts.length}, and still no answer`)]
      : []),
    ...(alert ? [subject.evidence(alert.record, `The server's alert ${alert.name}`)] : []),
  ];
}

function alternatives(
  subject: Subject,
  { alert, arrived, attempts }: RefusedFinished,
  keys: KeyEvidence,
): readonly string[] {
  if (keys?.kind === 'two-secrets') return [];
  const damaged = 'The record was damaged on its way: then one of its repeats would have been accepted.';
  if (alert || arrived === 'surely') return keys?.kind === 'valid' ? [] : [damaged];
  const lost = subject.story.losses.length;
  return [
    `All ${count(attempts.length, 'attempt')} got lost on the way to the server: a capture at the server tells.${
      lost > 0 ? ` Loss is known on this path: ${count(lost, 'case')} in this association.` : ''
    }`,
  ];
}

/** DTLS 1.3: the server checks the binder of the key in the ClientHello, and refuses at once (RFC 8446 §4.2.11). */
function refusedBinder(subject: Subject): readonly Match[] {
  const alert = subject.endingAlert;
  if (alert?.sender !== 'server' || !BINDER_ALERTS.includes(alert.code)) return [];
  if (subject.said('ServerHello', 'server').some((s) => !s.decoded.isHelloRetryRequest)) return [];
  const hello = subject.said('ClientHello', 'client').findLast((s) => s.record < alert.record);
  const offered = hello && preSharedKey(hello.decoded.extensions);
  if (!hello || !offered || offered.identities.length === 0) return [];
  const check = checkOf(subject, 'PSK binder', 'client')?.verdict ?? null;
  // illegal_parameter has many reasons; a key from outside, and not a ticket, makes this one likely.
  const likely = alert.code === DECRYPT_ERROR || identityOf(subject) !== null || check === 'invalid';
  if (!likely) return [];
  return [
    {
      title: `The server refuses the client's pre-shared key for ${forIdentity(subject)}`,
      explanation: `The ClientHello offers a pre-shared key and proves with a binder that the client has it. The server answers with the alert ${alert.name} before any ServerHello. ${
        check === 'invalid'
          ? 'The binder does not fit the key that was given for this identity: the client uses another one.'
          : check === 'valid'
            ? 'The binder fits the key that was given: the client has this key, so the server has another.'
            : 'With the key the binder could be checked here.'
      }`,
      evidence: [
        subject.evidence(hello.record, 'The ClientHello offers a pre-shared key'),
        subject.evidence(alert.record, `The server's alert ${alert.name}`),
      ],
      certainty:
        check === 'invalid' ? 'seen' : alert.code === DECRYPT_ERROR || check === 'valid' ? 'near-certain' : 'inferred',
      citations: ['RFC 8446 §4.2.11', 'RFC 9257 §4'],
      ...(alert.code === ILLEGAL_PARAMETER
        ? {
            alternatives: [
              'illegal_parameter can mean any other field of the ClientHello: the log of the server tells.',
            ],
          }
        : {}),
    },
  ];
}

const ILLEGAL_PARAMETER = 47;
const DECRYPT_ERROR = 51;
const BINDER_ALERTS: readonly number[] = [20, ILLEGAL_PARAMETER, DECRYPT_ERROR];

/** C9: both ends of a DTLS 1.3 handshake go on from the ServerHello with different keys. */

import { sameBytes } from '../../../wire/text.ts';
import type { Certainty } from '../../story.ts';
import { list, times } from '../../words.ts';
import { checkOf } from '../checks.ts';
import type { Evidence, Match, Rule } from '../rule.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { serverHello } from './offers.ts';

export const labelPrefixBug13: Rule = {
  scope: 'association',
  id: 'label-prefix-bug-13',
  group: 'negotiation',
  title: 'Both sides derive different keys from the hellos',
  severity: 'failure',
  rank: 'proof',
  phase: 'handshake',
  keys: 'helps',
  citations: ['RFC 9147 §5.2', 'RFC 9147 §5.9', 'RFC 8446 §7.1'],
  advice:
    'Compare the hellos at both ends: capture at both. If they are the same, test each stack against a third one to find which derives wrong keys.',
  alternatives: [
    'A hello was changed on its way: then the captures of both ends differ in it.',
    'One stack uses the label "tls13 " instead of "dtls13", or puts 12-byte message headers into the transcript: it then fails with every other stack.',
  ],
  looksLike:
    'The client answers the ServerHello, but never the encrypted rest: it acknowledges only records of epoch 0, and the server repeats its flight until it gives up.',
  why: 'All keys after the ServerHello come from a hash over both hellos. If one byte differs, or one side computes otherwise, neither can read the other, and silently drops it.',
  sources: ['bc-java#2441', 'bc-java#1468'],
  sample: 'wolfssl13-fail-sh-random-corrupted.client.pcap',
  explains: [
    'gave-up',
    'flight-lost-and-recovered',
    'cert-verify-failed',
    'partial-flight-held-up',
    'spurious-retransmission-rtt',
    'epoch-gap',
    'corrupted-record',
    'ack-of-unprocessed',
    'one-way-downlink-dead',
  ],
  check: (subject) =>
    subject.is13 && subject.unfinished && subject.ending?.kind !== 'alert' ? differentKeys(subject) : [],
};

const HANDSHAKE_EPOCH = 2;
/** A Finished of 32 bytes with message header, content type and tag of 8 bytes, in the shortest record. */
const SHORTEST_FINISHED = 55;

function differentKeys(subject: Subject): readonly Match[] {
  const hello = serverHello(subject);
  const flight = hello && subject.flightWith('ServerHello', 'server');
  const sent = flight?.transmissions ?? [];
  if (!hello || sent.length < 2) return [];
  const mine = subject.records.filter((r) => r.side === 0 && r.epoch >= HANDSHAKE_EPOCH);
  const wrong = invalidFinished(subject);
  const two = twoSecrets(subject);
  const acks = acksOf(subject);
  const onlyHello = acks.length > 0 && acks.every((ack) => ack.epochs.length > 0 && ack.epochs.every((e) => e === 0));
  const small = mine.length > 0 && mine.every((r) => r.length < SHORTEST_FINISHED && r.state === 'undecryptable');
  if (!wrong && !two && !onlyHello && !small) return [];
  // A client that could read the flight would have finished or complained.
  if (mine.some((r) => r.state === 'decrypted' && carriesFinished(subject, r))) return [];
  const proven: Certainty =
    wrong || two ? 'seen' : onlyHello && subject.surelyCapturedAt('client') ? 'near-certain' : 'inferred';
  const reasons = [
    ...(wrong
      ? ["The server's Finished opens with its own keys, but does not fit the hellos as they were captured here."]
      : []),
    ...(two ? ['The key logs hold two different handshake secrets for this one ClientHello: one of each side.'] : []),
    ...(onlyHello
      ? [
          `The client acknowledged only records of epoch 0 (${times(acks.length)}): it has the ServerHello and nothing after it.`,
        ]
      : []),
    ...(small && !onlyHello
      ? [
          `The client sent only ${list(mine.slice(0, 3).map((r) => `${r.length} bytes`))} under its keys: room for an acknowledgement, not for a Finished.`,
        ]
      : []),
  ];
  const evidence: [Evidence, ...Evidence[]] = [
    subject.evidence(hello.record, 'The ServerHello, from which both derive their keys'),
    ...(wrong ? [subject.evidence(wrong, "The server's Finished does not fit these hellos")] : []),
    ...acks.slice(0, 2).map((ack) => subject.evidence(ack.record, 'The client acknowledges epoch 0 alone')),
    ...(onlyHello
      ? []
      : mine.slice(0, 1).map((r) => subject.evidence(r.index, 'All that the client sends under its keys'))),
    ...sent.slice(-1).map((t) => subject.sentEvidence(t, `Transmission ${sent.length} of the server's flight`)),
  ];
  return [
    {
      title:
        proven === 'inferred'
          ? 'The client reads the ServerHello and nothing after it: the two derived different keys, or the rest is lost'
          : 'Client and server derived different keys: the client cannot read what follows the ServerHello',
      explanation: `The server sent its flight ${times(sent.length)}, and the client never finished. ${reasons.join(' ')}${
        proven === 'inferred' ? ' From here loss of the encrypted records cannot be ruled out.' : ''
      }`,
      evidence,
      certainty: proven,
      ...(wrong
        ? {
            alternatives: [
              'What was captured here differs from what the server sent: something between changed a hello.',
            ],
          }
        : proven === 'inferred'
          ? {
              alternatives: [
                'The encrypted records are lost between here and the client: a capture at the client tells.',
              ],
            }
          : {}),
    },
  ];
}

/** Record of a server's Finished that was opened and does not fit the transcript; null for none. */
function invalidFinished(subject: Subject): number | null {
  const check = checkOf(subject, 'Finished', 'server');
  return check?.verdict === 'invalid' ? check.record - 1 : null;
}

/** Two different secrets for one direction of this handshake were given: each side logged its own. */
function twoSecrets({ analysed }: Subject): boolean {
  const [first, ...others] = analysed.state.protection.traffic.offered(1, HANDSHAKE_EPOCH);
  return first !== undefined && others.some((o) => !sameBytes(o.secret, first.secret));
}

/** The client's acknowledgements that can be read, with the epochs that they name. */
function acksOf(subject: Subject): readonly { readonly record: number; readonly epochs: readonly number[] }[] {
  return subject.records
    .filter((r) => r.side === 0)
    .flatMap((r) =>
      subject
        .carried(r.index)
        .flatMap((c) => (c.kind === 'ack' ? [{ record: r.index, epochs: c.recordNumbers.map((n) => n.epoch) }] : [])),
    );
}

function carriesFinished(subject: Subject, record: RecordFact): boolean {
  return subject.carried(record.index).some((c) => c.kind === 'fragment');
}

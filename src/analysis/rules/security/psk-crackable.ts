/** O10: from this capture alone, pre-shared keys can be tried without asking anybody. */
import type { GivenPsk } from '../../../crypto/psk.ts';
import { printable } from '../../../wire/text.ts';
import type { Match, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const pskCrackable: Rule = {
  scope: 'association',
  id: 'psk-crackable',
  group: 'security',
  title: 'A weak pre-shared key can be found by trying keys against this capture',
  severity: 'security',
  rank: 'remark',
  phase: 'any',
  keys: 'helps',
  citations: ['RFC 4279 §7.2', 'RFC 9257 §4'],
  advice:
    'Use pre-shared keys of at least 16 random bytes, one for each device, never words or serial numbers. Or take a suite of ECDHE_PSK or ECJPAKE.',
  alternatives: [
    'The key is random and long enough: then trying keys is hopeless, and only forward secrecy is missing.',
  ],
  looksLike: 'A suite of plain PSK, and Finished messages that show whether a guessed key is the right one.',
  why: 'With plain PSK everything but the key is in the capture. A guess that opens Finished is right, and millions can be tried in a second.',
  sample: 'openssl-psk-aes128-gcm.pcap',
  check: (subject) => (!subject.is13 && subject.a.keyExchange === 'PSK' ? crackable(subject) : []),
};

const LEAST_BYTES = 16;
/** Text has so little in each character that this many are needed. */
const LEAST_CHARACTERS = 22;
const LEAST_VALUES = 5;

function crackable(subject: Subject): readonly Match[] {
  const flight = subject.flights.find((f) => f.sender === 'client' && f.messages.includes('Finished'));
  const record = flight?.transmissions[0]?.records.at(-1);
  const named = subject.said('ClientKeyExchange', 'client')[0];
  if (record === undefined || !named) return [];
  const key = keyOf(subject, named.decoded.pskIdentity);
  const weakness = key && weaknessOf(key.key);
  if ((key && !weakness) || (!key && saidBefore(subject))) return [];
  return [
    {
      severity: weakness ? 'security' : 'note',
      title: weakness
        ? `The pre-shared key can be guessed: it ${weakness}`
        : 'Pre-shared keys can be tried against this capture: it holds all but the key',
      explanation: `The suite ${subject.a.cipherSuite?.name ?? ''} makes the keys from the pre-shared key and the two randoms alone. Whoever has this capture can try keys until Finished opens. ${
        weakness
          ? `The key that opens it ${weakness}, which makes that quick.`
          : 'How hard that is depends on the key, which is not known here.'
      }`,
      evidence: [
        subject.evidence(named.record, 'Plain PSK: no key exchange besides the name of the key'),
        subject.evidence(record - 1, 'Finished, against which a guess can be checked'),
      ],
      certainty: weakness ? 'seen' : 'near-certain',
    },
  ];
}

/** Of all clients of one server, the first is enough to say it. */
function saidBefore(subject: Subject): boolean {
  return subject.all
    .ofServer(subject)
    .some((o) => o.analysed.state.index < subject.analysed.state.index && o.a.keyExchange === 'PSK');
}

/** The key that was given and opened it; null where none was given, or more than one could be it. */
function keyOf(subject: Subject, identity: Uint8Array | null): GivenPsk | null {
  if (subject.a.records.decrypted === 0) return null;
  const given = subject.analysed.state.givenPsks(identity ?? new Uint8Array());
  return given.length === 1 ? (given[0] ?? null) : null;
}

/** As "it …" says it; null for a key that is fine. */
function weaknessOf(key: Uint8Array): string | null {
  if (key.length < LEAST_BYTES) return `has ${key.length} bytes`;
  if (new Set(key).size < LEAST_VALUES) return 'repeats a few bytes';
  return printable(key) !== null && key.length < LEAST_CHARACTERS ? `is a text of ${key.length} characters` : null;
}

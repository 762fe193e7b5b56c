/** O4: a Random that is not random: all alike, counted, or used twice. */
import type { ClientHello } from '../../../dtls/messages/client-hello.ts';
import { toHex } from '../../../wire/text.ts';
import type { Sender } from '../../trace.ts';
import { capital } from '../../words.ts';
import type { Gathering, Match, TraceRule } from '../rule.ts';
import type { Subject } from '../subject.ts';

export const predictableRandom: TraceRule = {
  scope: 'trace',
  id: 'predictable-random',
  group: 'security',
  title: 'The random of a hello is not random',
  severity: 'security',
  rank: 'specific',
  phase: 'any',
  keys: 'no',
  citations: ['RFC 5246 §7.4.1.2', 'RFC 8446 §4.1.2', 'RFC 9325 §7.2'],
  advice:
    'Give the device a good source of random numbers before its first handshake, and seed the generator of the stack from it. Then renew all keys that it made.',
  alternatives: ['It is a test with fixed numbers: then it must never reach a product.'],
  looksLike:
    'A ServerHello or ClientHello whose 32 bytes repeat a pattern, or are those of an earlier handshake with another peer value.',
  why: 'Keys come from the same generator as the random. If that has nothing to start from, as on a device just powered on, others can compute the keys.',
  sources: ['tinydtls#243'],
  begin: notRandom,
};

interface Hello {
  readonly subject: Subject;
  readonly sender: Sender;
  readonly random: Uint8Array;
  readonly record: number;
}

const MOST = 100_000;
/** So many of each kind are told. */
const MOST_FOUND = 4;

function notRandom(): Gathering {
  const seen = { client: new Map<string, Hello>(), server: new Map<string, Hello>() };
  const poor: Match[] = [];
  const again: Match[] = [];
  return {
    take(subject) {
      for (const hello of hellosOf(subject)) {
        if (poor.length < MOST_FOUND && isPoor(hello.random)) poor.push(patterned(hello));
        const known = seen[hello.sender];
        const key = String.fromCharCode(...hello.random);
        const before = known.get(key);
        if (!before && seen.client.size + seen.server.size < MOST) known.set(key, hello);
        if (before && again.length < MOST_FOUND && areTwoHandshakes(before, hello))
          again.push(usedTwice(before, hello));
      }
    },
    matches: () => [...poor, ...again],
  };
}

/** The first hello of each side. */
function hellosOf(subject: Subject): Hello[] {
  const [client] = subject.said('ClientHello', 'client');
  const server = subject.said('ServerHello', 'server').find(({ decoded }) => !decoded.isHelloRetryRequest);
  return [
    ...(client ? [{ subject, sender: 'client' as const, random: client.decoded.random, record: client.record }] : []),
    ...(server ? [{ subject, sender: 'server' as const, random: server.decoded.random, record: server.record }] : []),
  ];
}

/** Old stacks begin with the time, and a server that could speak a newer version ends with a mark (RFC 8446 §4.1.3). */
const CHANCE = [4, 24] as const;
/** Of 20 random bytes, 19 differ on average; less than half do not in the life of the universe. */
const LEAST_VALUES = 9;

function isPoor(random: Uint8Array): boolean {
  if (random.length !== 32) return false;
  const bytes = random.subarray(...CHANCE);
  return hasFewValues(bytes) || countsOn(bytes);
}

function hasFewValues(bytes: Uint8Array): boolean {
  let values = 0;
  // A value counts where it comes first; nearly always the first ten bytes are enough.
  for (let i = 0; i < bytes.length && values < LEAST_VALUES; i++) if (bytes.indexOf(bytes[i] ?? 0) === i) values++;
  return values < LEAST_VALUES;
}

/** The same step from each byte to the next. */
function countsOn(bytes: Uint8Array): boolean {
  const stepTo = (i: number) => ((bytes[i] ?? 0) - (bytes[i - 1] ?? 0)) & 0xff;
  for (let i = 2; i < bytes.length; i++) if (stepTo(i) !== stepTo(1)) return false;
  return true;
}

/** Not the same packets seen twice: the other side answered, or asked, something else. */
function areTwoHandshakes(one: Hello, other: Hello): boolean {
  if (one.subject === other.subject) return false;
  const peers = [one, other].map((h) => peerRandom(h));
  const [a, b] = peers;
  if (!a || !b || a === b) return false;
  // A server without state may be asked the same thing twice by a copy; a client that goes on is real.
  return one.sender === 'server' || [one, other].every(({ subject }) => wentOn(subject));
}

const wentOn = ({ flights }: Subject): boolean =>
  flights.some((f) => f.sender === 'client' && !f.messages.includes('ClientHello'));

function peerRandom({ subject, sender }: Hello): string | null {
  const hello: Pick<ClientHello, 'random'> | null = sender === 'client' ? subject.serverHello : subject.clientHello;
  return hello && toHex(hello.random);
}

function patterned({ sender, random, record, subject }: Hello): Match {
  return {
    title: `The random of the ${sender} in ${subject.a.id} follows a pattern`,
    explanation: `The ${sender}'s random is ${toHex(random)}: its bytes repeat or count on. Keys from such a source can be guessed.`,
    evidence: [{ record, says: `The ${sender}'s hello` }],
    certainty: 'near-certain',
  };
}

function usedTwice(one: Hello, other: Hello): Match {
  const who = `the ${one.sender}`;
  return {
    title: `${capital(who)} uses the same random in ${one.subject.a.id} and in ${other.subject.a.id}`,
    explanation: `Both handshakes have the random ${toHex(one.random).slice(0, 16)}… of ${who}, while the other side's differs. Two random values of 32 bytes are never the same by chance.`,
    evidence: [
      { record: one.record, says: `The ${one.sender}'s hello in ${one.subject.a.id}` },
      { record: other.record, says: `The same random in ${other.subject.a.id}` },
    ],
    certainty: 'near-certain',
  };
}

/**
 * From what was given (pre-shared keys, RSA private keys, premaster secrets of key logs) to the master secrets that a
 * handshake of DTLS 1.0 or 1.2 may have (RFC 5246 §8.1, RFC 4279, RFC 7627). CLIENT_RANDOM and RSA Session-ID lines
 * hold a master secret already and need nothing of this.
 */
import { toHex } from '../wire/text.ts';
import { PREMASTER_BY_RANDOM, PREMASTER_LABEL } from './key-labels.ts';
import { KeyLogs } from './key-logs.ts';
import type { KeyLog } from './keylog.ts';
import { decryptPremaster, type GivenRsaKey, isKeyOf } from './private-key.ts';
import { type GivenPsk, psksFor } from './psk.ts';
import { deriveExtendedMasterSecret, deriveMasterSecret, pskPremaster } from './schedule12.ts';
import type { Secret } from './secret-lines.ts';
import type { CipherSuite } from './suites.ts';
import { whyNot } from './why-not.ts';

/** What a handshake shows on the wire that its master secret depends on. */
export interface MasterQuestion {
  readonly suite: CipherSuite;
  /** Negotiated version, as on the wire. */
  readonly version: number;
  /** 32 bytes each. */
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** Of ClientKeyExchange; null where there is none or the message is missing. */
  readonly pskIdentity: Uint8Array | null;
  readonly encryptedPremaster: Uint8Array | null;
  readonly extendedMasterSecret: boolean;
  /** Transcript hash up to and including ClientKeyExchange; null where messages are missing. Without EMS not used. */
  readonly sessionHash: Uint8Array | null;
  /** SubjectPublicKeyInfo of the server's certificate, with which keys that cannot fit are passed over; null: try all. */
  readonly serverKey: Uint8Array | null;
}

export interface GivenKeys {
  readonly psks: readonly GivenPsk[];
  readonly rsaKeys: readonly GivenRsaKey[];
  readonly logs: readonly KeyLog[];
}

export interface CandidateMaster {
  /** 48 bytes. */
  readonly secret: Uint8Array;
  /** `PSK`, `RSA private key`, `PMS_CLIENT_RANDOM` …: what kind of thing it comes from. */
  readonly label: string;
  /** Where that was given: file and line, file, option. */
  readonly source: string;
  /** The line of a key log that holds it alone. */
  readonly line: Secret | null;
}

export interface MasterAnswer {
  readonly masters: readonly CandidateMaster[];
  /** Why the keys given do not open this handshake, in a sentence; null where they may, or have nothing to do with it. */
  readonly why: string | null;
}

/** Answers for many handshakes from one set of keys. */
export interface SecretSource {
  masters(question: MasterQuestion): MasterAnswer;
}

/** A premaster secret, or the part of one, and where it comes from. */
export interface Premaster extends Omit<CandidateMaster, 'secret'> {
  readonly premaster: Uint8Array;
}

export function createSecretSource(keys: GivenKeys, logs = new KeyLogs(keys.logs)): SecretSource {
  const logged = (label: string, name: string): readonly Premaster[] =>
    logs.find(label, name).map((line) => ({ premaster: line.secret, label, source: line.source, line }));
  return {
    masters(question) {
      if (question.suite.tls13) return { masters: [], why: whyNot(question, keys) };
      const whole = logged(PREMASTER_BY_RANDOM, toHex(question.clientRandom));
      const prefix = question.encryptedPremaster?.subarray(0, PREFIX_LENGTH);
      const encrypted = prefix ? logged(PREMASTER_LABEL, toHex(prefix)) : [];
      const premasters = [...whole, ...premastersOf(question, keys, encrypted)];
      const masters = premasters.flatMap((one) => deriveMaster(question, one) ?? []);
      return { masters, why: masters.length > 0 ? null : whyNot(question, keys, premasters.length > 0) };
    },
  };
}

/** The same for a single handshake. */
export function candidateMasters(question: MasterQuestion, keys: GivenKeys): MasterAnswer {
  return createSecretSource(keys).masters(question);
}

/** Bytes of the encrypted premaster secret by which `RSA` lines of a key log are found. */
const PREFIX_LENGTH = 8;

function premastersOf(question: MasterQuestion, keys: GivenKeys, logged: readonly Premaster[]): readonly Premaster[] {
  switch (question.suite.keyExchange) {
    case 'PSK':
      return psksFor(keys.psks, question.pskIdentity).map(({ key, source }) => ({
        premaster: pskPremaster(key),
        label: 'PSK',
        source,
        line: null,
      }));
    case 'RSA':
      return [...logged, ...decrypted(question, keys)];
    case 'RSA_PSK':
      return [...logged, ...decrypted(question, keys)].flatMap((other) =>
        psksFor(keys.psks, question.pskIdentity).map((psk) => ({
          premaster: pskPremaster(psk.key, other.premaster),
          label: `PSK and ${other.label}`,
          source: `${psk.source}, ${other.source}`,
          line: null,
        })),
      );
    default:
      return [];
  }
}

function decrypted({ encryptedPremaster, serverKey }: MasterQuestion, { rsaKeys }: GivenKeys): readonly Premaster[] {
  if (encryptedPremaster === null) return [];
  return rsaKeys.flatMap(({ key, source }) => {
    if (serverKey !== null && !isKeyOf(key, serverKey)) return [];
    const premaster = decryptPremaster(key, encryptedPremaster);
    return premaster === null ? [] : [{ premaster, label: 'RSA private key', source, line: null }];
  });
}

/** Null where the master secret needs a transcript that is not complete. */
function deriveMaster(question: MasterQuestion, { premaster, label, source, line }: Premaster): CandidateMaster | null {
  const { version, clientRandom, serverRandom, sessionHash } = question;
  const choice = { version, prfHash: question.suite.prfHash, premaster };
  if (!question.extendedMasterSecret) {
    return { secret: deriveMasterSecret({ ...choice, clientRandom, serverRandom }), label, source, line };
  }
  if (sessionHash === null) return null;
  return { secret: deriveExtendedMasterSecret({ ...choice, sessionHash }), label, source, line };
}

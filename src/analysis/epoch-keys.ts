/**
 * What may open one epoch: the secrets to try, and per direction the one that did. Which key opens a record is
 * decided by its epoch, never by the order of arrival (RFC 6347 §4.1).
 */
import { createOpeners12, type ProtectedRecord, type RecordOpener } from '../crypto/protection12.ts';
import type { CipherSuite } from '../crypto/suites.ts';
import { fromHex } from '../wire/text.ts';
import type { MasterSecret } from './keyring.ts';
import type { Side } from './record-table.ts';
import { TrialBudget } from './trial-budget.ts';

export interface EpochParameters {
  readonly suite: CipherSuite;
  /** Negotiated version, as on the wire. */
  readonly version: number;
  /** Null where the ClientHello is missing: then each secret brings its own. */
  readonly clientRandom: string | null;
  /** Hex, which takes less room than bytes of their own. */
  readonly serverRandom: string;
  readonly encryptThenMac: boolean;
  readonly truncatedHmac: boolean;
}

interface Candidate {
  readonly secret: MasterSecret;
  readonly parameters: EpochParameters;
  /** Made when first tried; null where these parameters allow none. */
  openers: { readonly client: RecordOpener; readonly server: RecordOpener } | null | undefined;
}

export interface Opened {
  readonly plaintext: Uint8Array;
  readonly secret: MasterSecret;
}

export class EpochKeys {
  readonly #candidates: Candidate[] = [];
  /** Per side, the candidate that opened a record: the two ends may hold different secrets (a wrong PSK). */
  readonly #proven: [Candidate | null, Candidate | null] = [null, null];
  /** Made when a candidate fails first. */
  readonly #budgets: [TrialBudget | null, TrialBudget | null] = [null, null];
  /** The cipher that no library here offers; null where there is one. */
  unsupportedSuite: string | null = null;

  get size(): number {
    return this.#candidates.length;
  }

  /** Every secret that was tried or may be. */
  get offered(): readonly MasterSecret[] {
    return [...new Set(this.#candidates.map((c) => c.secret))];
  }

  /** The secrets that opened something, or else those that might. */
  get secrets(): readonly MasterSecret[] {
    const proven = this.#proven.filter((c) => c !== null);
    return [...new Set((proven.length > 0 ? proven : this.#candidates).map((c) => c.secret))];
  }

  /** The secret that opened records of this side; null while none did. */
  provenSecret(side: Side): MasterSecret | null {
    return this.#proven[side]?.secret ?? null;
  }

  /** By the length of the fragment; null where the cipher pads, and while no record of this side was opened. */
  plaintextLength(side: Side, fragmentLength: number): number | null {
    const protection = this.#proven[side]?.parameters.suite.protection;
    if (protection?.kind !== 'aead') return null;
    const length = fragmentLength - protection.explicitNonceLength - protection.tagLength;
    return length < 0 ? null : length;
  }

  offer(secrets: readonly MasterSecret[], parameters: EpochParameters): void {
    if (parameters.suite.protection === null) this.unsupportedSuite = parameters.suite.name;
    else for (const secret of secrets) this.#candidates.push({ secret, parameters, openers: undefined });
  }

  /** Gives up the ciphers; they are made again when a record is to be opened. */
  forget(): void {
    for (const candidate of this.#candidates) if (candidate.openers) candidate.openers = undefined;
  }

  /** Null where no candidate opens it. */
  open(side: Side, record: ProtectedRecord): Opened | null {
    const proven = this.#proven[side];
    if (proven) {
      const plaintext = openWith(proven, side, record);
      if (plaintext) return { plaintext, secret: proven.secret };
    }
    for (const candidate of this.#candidates) {
      if (candidate === proven) continue;
      if (this.#budgets[side]?.spent) break;
      const plaintext = openWith(candidate, side, record);
      if (!plaintext) {
        this.#budgets[side] ??= new TrialBudget();
        this.#budgets[side].failed(record.fragment.length);
        continue;
      }
      this.#proven[side] ??= candidate;
      return { plaintext, secret: candidate.secret };
    }
    return null;
  }
}

function openWith(candidate: Candidate, side: Side, record: ProtectedRecord): Uint8Array | null {
  if (candidate.openers === undefined) candidate.openers = makeOpeners(candidate);
  const opener = candidate.openers?.[side === 0 ? 'client' : 'server'];
  return opener?.open(record) ?? null;
}

function makeOpeners({ secret, parameters }: Candidate): Candidate['openers'] {
  const clientRandom = fromHex(parameters.clientRandom ?? secret.clientRandom);
  const serverRandom = fromHex(parameters.serverRandom);
  if (!clientRandom || !serverRandom) return null;
  return createOpeners12({ ...parameters, clientRandom, serverRandom, masterSecret: secret.secret });
}

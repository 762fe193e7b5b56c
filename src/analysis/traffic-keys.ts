/**
 * The keys of one DTLS 1.3 association. Of a record's epoch only two bits are in the clear, and its number is
 * hidden, so several epochs may be asked; those of the past stay, because retransmissions and records that were
 * overtaken still come (RFC 9147 §4.2.1). After KeyUpdate the next epoch's secret follows from the last (§8).
 */
import { createOpener13, type Opened13, type RecordOpener13, type UnifiedRecord } from '../crypto/protection13.ts';
import { nextTrafficSecret } from '../crypto/schedule13.ts';
import type { CipherSuite } from '../crypto/suites.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { TrafficSecret } from './keyring.ts';
import type { Side } from './record-table.ts';
import { TrialBudget } from './trial-budget.ts';

export interface OpenedTraffic extends Opened13 {
  readonly epoch: number;
  readonly secret: TrafficSecret;
}

/** Application data that was not opened. */
export interface SkimmedData {
  readonly epoch: number;
  readonly sequenceNumber: number;
  /** In the clear. */
  readonly length: number;
  readonly secret: TrafficSecret;
}

interface Candidate {
  readonly secret: TrafficSecret;
  readonly suite: CipherSuite;
  /** Made when first tried. */
  opener: RecordOpener13 | null | undefined;
}

interface Epoch {
  readonly number: number;
  readonly candidates: Candidate[];
  readonly budget: TrialBudget;
  /** What a KeyUpdate makes of the proven secret, and the next one of that. */
  ahead: readonly Candidate[] | null;
  proven: Candidate | null;
  /** The highest authenticated number plus one. */
  expected: number;
}

/** Early data, handshake, and the first epoch of application data; each KeyUpdate adds one. */
const FIRST_APPLICATION_EPOCH = 3;
/** Epochs that a KeyUpdate may have opened unseen: their low bits come round after four. */
const LOOK_AHEAD = 4;
/** With hellos missing many secrets may be candidates; no more than this for one epoch. */
const MAX_CANDIDATES = 4096;

export class TrafficKeys {
  /** Of each side, the latest first. */
  readonly #epochs: readonly [Epoch[], Epoch[]] = [[], []];

  /** Secrets that may be this association's; each with every suite it may be used with. */
  offer(secrets: readonly TrafficSecret[], suites: readonly CipherSuite[]): void {
    for (const secret of secrets) {
      const epoch = this.#epoch(secret.side, secret.epoch);
      for (const suite of suites) {
        const known = epoch.candidates.some((c) => c.secret === secret && c.suite === suite);
        if (known || epoch.candidates.length >= MAX_CANDIDATES || !fits(suite, secret)) continue;
        epoch.candidates.push({ secret, suite, opener: undefined });
      }
    }
  }

  /** Gives up the ciphers; they are made again when a record is to be opened. */
  forget(): void {
    for (const epochs of this.#epochs)
      for (const { candidates, ahead } of epochs)
        for (const candidate of [...candidates, ...(ahead ?? [])]) candidate.opener = undefined;
  }

  /** Whether there is any key for a record with these low bits of its epoch. */
  has(side: Side, epochBits: number): boolean {
    return this.#epochs[side].some(({ number }) => number % 4 === epochBits || number >= FIRST_APPLICATION_EPOCH);
  }

  open(side: Side, epochBits: number, record: UnifiedRecord): OpenedTraffic | null {
    for (const epoch of this.#epochs[side]) {
      if (epoch.number % 4 !== epochBits) continue;
      const opened = this.#openIn(epoch, record);
      if (opened) return opened;
    }
    return this.#openAhead(side, epochBits, record);
  }

  /**
   * Application data, told without opening it: by its number and its last byte, under the secret that opened others of its
   * epoch. Its tag is not checked. Null for all else, and where it is doubtful: then it has to be opened.
   */
  skimData(side: Side, epochBits: number, record: UnifiedRecord): SkimmedData | null {
    const [epoch, ...others] = this.#epochs[side].filter(({ number }) => number % 4 === epochBits);
    if (!epoch?.proven || others.length > 0) return null;
    const skimmed = openerOf(epoch.proven)?.skim(record, epoch.expected);
    if (skimmed?.contentType !== CONTENT_TYPE.applicationData) return null;
    const { sequenceNumber, length } = skimmed;
    epoch.expected = Math.max(epoch.expected, sequenceNumber + 1);
    return { epoch: epoch.number, sequenceNumber, length, secret: epoch.proven.secret };
  }

  /** Opens again a record whose epoch and number are known. */
  openAt(side: Side, epoch: number, record: UnifiedRecord, sequenceNumber: number): Uint8Array | null {
    const proven = this.#known(side, epoch)?.proven;
    return (proven && openerOf(proven)?.openAt(record, sequenceNumber)) ?? null;
  }

  /** Every secret that was tried or may be. */
  offered(side: Side, epoch: number): readonly TrafficSecret[] {
    return [...new Set((this.#known(side, epoch)?.candidates ?? []).map((c) => c.secret))];
  }

  /** The secret that opened this epoch; null while none did. */
  proven(side: Side, epoch: number): { readonly secret: TrafficSecret; readonly suite: CipherSuite } | null {
    return this.#known(side, epoch)?.proven ?? null;
  }

  /** The secrets that opened something. */
  get used(): readonly TrafficSecret[] {
    return this.#epochs.flatMap((epochs) =>
      epochs.toReversed().flatMap(({ proven }) => (proven ? [proven.secret] : [])),
    );
  }

  #openIn(epoch: Epoch, record: UnifiedRecord): OpenedTraffic | null {
    if (epoch.proven) return openWith(epoch.proven, epoch, record);
    for (const candidate of epoch.candidates) {
      if (epoch.budget.spent) break;
      const opened = openWith(candidate, epoch, record);
      if (opened) return opened;
    }
    return null;
  }

  /** The epochs that KeyUpdates may have opened after the last known one. */
  #openAhead(side: Side, epochBits: number, record: UnifiedRecord): OpenedTraffic | null {
    const [from] = this.#epochs[side];
    if (!from || from.number < FIRST_APPLICATION_EPOCH) return null;
    if (!from.proven && from.budget.spent) return null;
    const last = from.number;
    const ahead = from.proven && from.ahead ? from.ahead : lookAhead(carriedOn(from), last);
    // Before one is proven they may become more.
    from.ahead = from.proven ? ahead : null;
    for (let number = last + 1; number <= last + LOOK_AHEAD; number++) {
      if (number % 4 !== epochBits) continue;
      for (const candidate of ahead) {
        if (candidate.secret.epoch !== number) continue;
        const opened = openerOf(candidate)?.open(record, 0);
        if (!opened) {
          from.budget.failed(record.ciphertext.length);
          continue;
        }
        const epoch = this.#epoch(side, number);
        epoch.candidates.push(candidate);
        epoch.proven = candidate;
        epoch.expected = opened.sequenceNumber + 1;
        return { ...opened, epoch: number, secret: candidate.secret };
      }
    }
    return null;
  }

  #known(side: Side, number: number): Epoch | undefined {
    return this.#epochs[side].find((epoch) => epoch.number === number);
  }

  #epoch(side: Side, number: number): Epoch {
    const known = this.#known(side, number);
    if (known) return known;
    const epoch = { number, candidates: [], budget: new TrialBudget(), ahead: null, proven: null, expected: 0 };
    this.#epochs[side].push(epoch);
    this.#epochs[side].sort((a, b) => b.number - a.number);
    return epoch;
  }
}

function openWith(candidate: Candidate, epoch: Epoch, record: UnifiedRecord): OpenedTraffic | null {
  const opened = openerOf(candidate)?.open(record, epoch.expected);
  if (!opened) {
    epoch.budget.failed(record.ciphertext.length);
    return null;
  }
  epoch.proven = candidate;
  epoch.expected = Math.max(epoch.expected, opened.sequenceNumber + 1);
  return { ...opened, epoch: epoch.number, secret: candidate.secret };
}

/** The candidates of an epoch from which the next ones follow. */
function carriedOn({ proven, candidates }: Epoch): readonly Candidate[] {
  // Unproven secrets are not carried on: with many of them every closed record would derive many keys.
  return proven ? [proven] : candidates.slice(0, LOOK_AHEAD);
}

/** The secrets of the epochs that follow, by and by. */
function lookAhead(candidates: readonly Candidate[], last: number): readonly Candidate[] {
  const all: Candidate[] = [];
  let latest = candidates;
  for (let number = last + 1; number <= last + LOOK_AHEAD; number++) {
    latest = latest.map(({ secret, suite }) => ({
      secret: { ...secret, epoch: number, secret: nextTrafficSecret(suite.prfHash, secret.secret) },
      suite,
      opener: undefined,
    }));
    all.push(...latest);
  }
  return all;
}

function openerOf(candidate: Candidate): RecordOpener13 | null {
  candidate.opener ??= createOpener13(candidate.suite, candidate.secret.secret);
  return candidate.opener;
}

/** A traffic secret has the length of the suite's hash (RFC 8446 §7.1). */
function fits(suite: CipherSuite, { secret }: TrafficSecret): boolean {
  return suite.tls13 && secret.length === (suite.prfHash === 'sha384' ? 48 : 32);
}

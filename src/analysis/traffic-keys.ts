/**
 * The keys of one DTLS 1.3 association. Of a record's epoch only two bits are in the clear, and its number is
 * hidden, so several epochs may be asked; those of the past stay, because retransmissions and records that were
 * overtaken still come (RFC 9147 §4.2.1). After KeyUpdate the next epoch's secret follows from the last (§8).
 */
import { createOpener13, type Opened13, type RecordOpener13, type UnifiedRecord } from '../crypto/protection13.ts';
import { nextTrafficSecret } from '../crypto/schedule13.ts';
import type { CipherSuite } from '../crypto/suites.ts';
import type { TrafficSecret } from './keyring.ts';
import type { Side } from './record-table.ts';
import { TrialBudget } from './trial-budget.ts';

export interface OpenedTraffic extends Opened13 {
  readonly epoch: number;
  readonly secret: TrafficSecret;
}

interface Candidate {
  readonly secret: TrafficSecret;
  readonly suite: CipherSuite;
  /** Made when first tried. */
  opener: RecordOpener13 | null | undefined;
}

interface Epoch {
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
  readonly #epochs: readonly [Map<number, Epoch>, Map<number, Epoch>] = [new Map(), new Map()];

  get empty(): boolean {
    return this.#epochs.every((map) => map.size === 0);
  }

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

  /** Whether there is any key for a record with these low bits of its epoch. */
  has(side: Side, epochBits: number): boolean {
    return (
      this.#epochs[side].size > 0 &&
      [...this.#epochs[side].keys()].some((epoch) => epoch % 4 === epochBits || epoch >= FIRST_APPLICATION_EPOCH)
    );
  }

  open(side: Side, epochBits: number, record: UnifiedRecord): OpenedTraffic | null {
    const epochs = this.#epochs[side];
    const known = [...epochs.keys()].sort((a, b) => b - a);
    for (const number of known) {
      if (number % 4 !== epochBits) continue;
      const opened = this.#openIn(side, number, record);
      if (opened) return opened;
    }
    return this.#openAhead(side, epochBits, record, known[0] ?? 0);
  }

  /** Opens again a record whose epoch and number are known. */
  openAt(side: Side, epoch: number, record: UnifiedRecord, sequenceNumber: number): Uint8Array | null {
    const proven = this.#epochs[side].get(epoch)?.proven;
    return (proven && openerOf(proven)?.openAt(record, sequenceNumber)) ?? null;
  }

  /** Every secret that was tried or may be. */
  offered(side: Side, epoch: number): readonly TrafficSecret[] {
    return [...new Set((this.#epochs[side].get(epoch)?.candidates ?? []).map((c) => c.secret))];
  }

  /** The secret that opened this epoch; null while none did. */
  proven(side: Side, epoch: number): { readonly secret: TrafficSecret; readonly suite: CipherSuite } | null {
    return this.#epochs[side].get(epoch)?.proven ?? null;
  }

  /** The secrets that opened something. */
  get used(): readonly TrafficSecret[] {
    return this.#epochs.flatMap((map) => [...map.values()].flatMap(({ proven }) => (proven ? [proven.secret] : [])));
  }

  #openIn(side: Side, number: number, record: UnifiedRecord): OpenedTraffic | null {
    const epoch = this.#epoch(side, number);
    const order = epoch.proven ? [epoch.proven] : epoch.candidates;
    for (const candidate of order) {
      if (!epoch.proven && epoch.budget.spent) break;
      const opened = openerOf(candidate)?.open(record, epoch.expected);
      if (!opened) {
        epoch.budget.failed(record.ciphertext.length);
        continue;
      }
      epoch.proven = candidate;
      epoch.expected = Math.max(epoch.expected, opened.sequenceNumber + 1);
      return { ...opened, epoch: number, secret: candidate.secret };
    }
    return null;
  }

  /** The epochs that KeyUpdates may have opened after the last known one. */
  #openAhead(side: Side, epochBits: number, record: UnifiedRecord, last: number): OpenedTraffic | null {
    if (last < FIRST_APPLICATION_EPOCH) return null;
    const from = this.#epoch(side, last);
    if (!from.proven && from.budget.spent) return null;
    const ahead = from.proven && from.ahead ? from.ahead : lookAhead(this.#candidatesOf(side, last), last);
    // Before one is proven they may become more.
    from.ahead = from.proven ? ahead : null;
    for (let number = last + 1; number <= last + LOOK_AHEAD; number++) {
      if (number % 4 !== epochBits) continue;
      for (const candidate of ahead.filter(({ secret }) => secret.epoch === number)) {
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

  #candidatesOf(side: Side, epoch: number): readonly Candidate[] {
    const known = this.#epochs[side].get(epoch);
    // Unproven secrets are not carried on: with many of them every closed record would derive many keys.
    return known?.proven ? [known.proven] : (known?.candidates.slice(0, LOOK_AHEAD) ?? []);
  }

  #epoch(side: Side, number: number): Epoch {
    let epoch = this.#epochs[side].get(number);
    if (!epoch) {
      epoch = { candidates: [], budget: new TrialBudget(), ahead: null, proven: null, expected: 0 };
      this.#epochs[side].set(number, epoch);
    }
    return epoch;
  }
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

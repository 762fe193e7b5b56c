/** Opens the protected records of one association, of either kind: by the keys of DTLS 1.2 or of DTLS 1.3. */
import { stripInnerPlaintext } from '../crypto/protection12.ts';
import type { UnifiedRecord as Unified13 } from '../crypto/protection13.ts';
import { CIPHER_SUITES, type CipherSuite } from '../crypto/suites.ts';
import { CONTENT_TYPE, type PlaintextRecord, type UnifiedRecord } from '../dtls/record.ts';
import { EpochKeys, type EpochParameters } from './epoch-keys.ts';
import type { MasterSecret, TrafficSecret } from './keyring.ts';
import type { Forgetful, LastAsked } from './last-asked.ts';
import type { Side } from './record-table.ts';
import type { ClosedReason } from './trace.ts';
import { type SkimmedData, TrafficKeys } from './traffic-keys.ts';

export type ReceivedRecord = PlaintextRecord | UnifiedRecord;

/** What of a record tells which keys it needs. */
export type Keyed = Pick<PlaintextRecord, 'form' | 'epoch'> | Pick<UnifiedRecord, 'form' | 'epochBits'>;

/** A record in the clear. */
export interface Opened {
  readonly epoch: number;
  readonly sequenceNumber: number;
  /** As decrypted, inner content type and padding included. */
  readonly plaintext: Uint8Array;
  /** Null where the inner plaintext has no content type: malformed (RFC 8446 §5.4). */
  readonly inner: { readonly contentType: number; readonly content: Uint8Array } | null;
  readonly secret: MasterSecret | TrafficSecret;
}

const SUITES_13: readonly CipherSuite[] = [...CIPHER_SUITES.values()].filter((s) => s.tls13 && s.protection !== null);

/** Of all associations that nobody has keys for. */
const NO_EPOCH_KEYS = new EpochKeys();
const NO_TRAFFIC_KEYS = new TrafficKeys();

export class RecordProtection implements Forgetful {
  generation = 0;
  /** The connection IDs are those of the drafts before RFC 9146, whose records are authenticated in another order. */
  draftConnectionId = false;
  /** Epochs of DTLS 1.2 by number; null while there are no keys, as mostly. */
  #epochs: Map<number, EpochKeys> | null = null;
  #traffic = NO_TRAFFIC_KEYS;
  readonly #ciphers: LastAsked;
  /** A suite of DTLS 1.3 that no library here offers. */
  #unsupported13: string | null = null;

  /** @param ciphers whose are ready: those of others are made again of their keys. */
  constructor(ciphers: LastAsked) {
    this.#ciphers = ciphers;
  }

  /** Called when others opened records since. */
  forget(): void {
    for (const keys of this.#epochs?.values() ?? []) keys.forget();
    this.#traffic.forget();
  }

  /** The keys of an epoch of DTLS 1.2; none where nobody offered any. */
  keys(epoch: number): Pick<EpochKeys, 'offered' | 'secrets' | 'provenSecret'> {
    return this.#epochs?.get(epoch) ?? NO_EPOCH_KEYS;
  }

  /** The numbers of the epochs of DTLS 1.2 that have keys. */
  get epochs(): readonly number[] {
    return [...(this.#epochs?.keys() ?? [])];
  }

  get traffic(): Pick<TrafficKeys, 'has' | 'offered' | 'proven' | 'used'> {
    return this.#traffic;
  }

  /** Secrets for an epoch of DTLS 1.2. */
  offer12(epoch: number, secrets: readonly MasterSecret[], parameters: EpochParameters): void {
    if (secrets.length === 0 && parameters.suite.protection !== null) return;
    this.#epochs ??= new Map();
    const keys = this.#epochs.get(epoch) ?? new EpochKeys();
    this.#epochs.set(epoch, keys);
    keys.offer(secrets, parameters);
  }

  /** Secrets of DTLS 1.3; the suite is null while no ServerHello named one. */
  offer13(secrets: readonly TrafficSecret[], suite: CipherSuite | null): void {
    if (suite && suite.protection === null) this.#unsupported13 = suite.name;
    else if (secrets.length > 0) {
      if (this.#traffic === NO_TRAFFIC_KEYS) this.#traffic = new TrafficKeys();
      this.#traffic.offer(secrets, suite ? [suite] : SUITES_13);
    }
  }

  hasKeysFor(side: Side, record: Keyed): boolean {
    if (record.form === 'unified') return this.#traffic.has(side, record.epochBits);
    return (this.#epochs?.get(record.epoch)?.size ?? 0) > 0;
  }

  /** Whether there is any key for this epoch of DTLS 1.2. */
  hasKeysOf(epoch: number): boolean {
    return (this.#epochs?.get(epoch)?.size ?? 0) > 0;
  }

  /**
   * How long application data of DTLS 1.2 is in the clear, by the length of its fragment; null where that cannot be told,
   * and where no key has opened a record of this sender and epoch yet.
   */
  dataLength(epoch: number, side: Side, fragmentLength: number): number | null {
    return this.#epochs?.get(epoch)?.plaintextLength(side, fragmentLength) ?? null;
  }

  /** The same for a record of DTLS 1.3, see `TrafficKeys.skimData`. */
  skimData(side: Side, record: UnifiedRecord): SkimmedData | null {
    this.#ciphers.touch(this);
    return this.#traffic.skimData(side, record.epochBits, unifiedForm(record));
  }

  open(side: Side, record: ReceivedRecord): Opened | null {
    if (!this.hasKeysFor(side, record)) return null;
    this.#ciphers.touch(this);
    if (record.form === 'unified') return this.#traffic.open(side, record.epochBits, unifiedForm(record));
    const { contentType, version, epoch, sequenceNumber, fragment, connectionId } = record;
    const base = { contentType, version, epoch, sequenceNumber, fragment };
    const hidden = contentType === CONTENT_TYPE.tls12Cid;
    const opened = this.#epochs
      ?.get(epoch)
      ?.open(side, hidden ? { ...base, cid: { connectionId, draft: this.draftConnectionId } } : base);
    if (!opened) return null;
    const { plaintext, secret } = opened;
    return {
      epoch,
      sequenceNumber,
      plaintext,
      secret,
      inner: hidden ? stripInnerPlaintext(plaintext) : { contentType, content: plaintext },
    };
  }

  /** Opens again a record that was opened before, under the number that it proved to have. */
  reopen(
    side: Side,
    record: ReceivedRecord,
    epoch: number,
    sequenceNumber: number,
  ): Pick<Opened, 'plaintext' | 'inner'> | null {
    if (record.form !== 'unified') return this.open(side, record);
    this.#ciphers.touch(this);
    const plaintext = this.#traffic.openAt(side, epoch, unifiedForm(record), sequenceNumber);
    return plaintext && { plaintext, inner: stripInnerPlaintext(plaintext) };
  }

  /** The name of the suite that keeps an epoch closed; null where that is not the reason. */
  unsupportedSuite(epoch: number): string | null {
    return this.#epochs?.get(epoch)?.unsupportedSuite ?? this.#unsupported13;
  }

  reasonClosed(side: Side, record: Keyed): ClosedReason {
    if (this.unsupportedSuite(record.form === 'unified' ? 0 : record.epoch)) return 'unsupported-suite';
    return this.hasKeysFor(side, record) ? 'authentication-failed' : 'no-key';
  }
}

function unifiedForm({ header, connectionId, sequenceBits, fragment }: UnifiedRecord): Unified13 {
  return { header, sequenceOffset: 1 + connectionId.length, sequenceWidth: sequenceBits, ciphertext: fragment };
}

/**
 * The first step of the analysis, done while a capture is still being loaded: each datagram is taken in as it comes, so
 * that its bytes need not be read again and associations show at once.
 */
import type { Datagram, PlainDatagram } from '../capture/datagram.ts';
import type { DatagramList } from '../capture/datagram-list.ts';
import type { DatagramTable } from '../capture/datagram-table.ts';
import { datagramOf } from '../capture/packet.ts';
import type { KeyLog } from '../crypto/keylog.ts';
import type { GivenKeys } from '../crypto/premaster.ts';
import { type EarlyAssociation, earlyAssociation } from './early-association.ts';
import { Keyring } from './keyring.ts';
import { type ReadOptions, TraceReader } from './read-trace.ts';
import type { ReadWithKeys } from './working-out.ts';

export class LiveReading {
  readonly #datagrams: DatagramTable;
  readonly #keys: () => GivenKeys;
  readonly #options: ReadOptions;
  /** The key logs that were there when the first datagram came. */
  #logs: readonly KeyLog[] = [];
  #keyring: Keyring | null = null;
  #reader: TraceReader | null = null;

  /** @param keys those that are there; asked when the first datagram comes. */
  constructor(datagrams: DatagramTable, keys: () => GivenKeys, options: ReadOptions) {
    this.#datagrams = datagrams;
    this.#keys = keys;
    this.#options = options;
  }

  isOf(datagrams: DatagramList | undefined): boolean {
    return datagrams === this.#datagrams;
  }

  /** How much of the file was read so far, of 1. */
  set readShare(share: number) {
    if (this.#reader) this.#reader.records.readShare = share;
  }

  /** Takes in the datagram that was just added at `index`. */
  takePlain(index: number, plain: PlainDatagram): void {
    const reader = this.#readerInOrder();
    if (!reader) return;
    const { route, bytes, payloadFrom, payloadTo, missing } = plain;
    const isData = missing === 0 && reader.takeData(index, route, bytes, payloadFrom, payloadTo);
    if (!isData) reader.take(index, datagramOf(plain), route);
  }

  take(index: number, datagram: Datagram): void {
    this.#readerInOrder()?.take(index, datagram, null);
  }

  /** Associations that were found so far. */
  get found(): number {
    return this.#reader?.associations.length ?? 0;
  }

  /** Of those, the ones from index `from` up to `to`. `originNs`: when the first packet of the capture was captured. */
  early(from: number, to: number, originNs: bigint): readonly EarlyAssociation[] {
    const reader = this.#reader;
    if (!reader) return [];
    const { datagram } = reader.records.columns;
    const timeMs = (record: number) => this.#datagrams.timeMs(datagram.get(record), originNs);
    return reader.associations.slice(from, to).map((state) => earlyAssociation(state, timeMs));
  }

  /** Null where it does not hold: datagrams came out of order, or with other keys than these. Call it once. */
  finish(logs: readonly KeyLog[]): ReadWithKeys | null {
    const reader = this.#readerInOrder();
    const isSame = logs.length === this.#logs.length && logs.every((log, i) => log === this.#logs[i]);
    if (!reader || !this.#keyring || !isSame) return null;
    return { keyring: this.#keyring, read: reader.finish() };
  }

  #readerInOrder(): TraceReader | null {
    if (!this.#datagrams.inOrderOfTime) return null;
    if (this.#reader) return this.#reader;
    const keys = this.#keys();
    this.#logs = keys.logs;
    this.#keyring = new Keyring(keys);
    this.#reader = new TraceReader(this.#datagrams, this.#keyring, this.#options);
    return this.#reader;
  }
}

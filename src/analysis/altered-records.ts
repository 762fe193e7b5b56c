/**
 * Records that were altered between two capture points: what was sent makes the handshake, and what arrives in its
 * place, a datagram of its own, is told as what the receiver got.
 */
import type { Datagram } from '../capture/datagram.ts';
import type { DtlsRecord } from '../dtls/record.ts';
import type { AssociationState } from './association-state.ts';
import { NO_ASSOCIATION, type RecordTable, type Side } from './record-table.ts';

/** Records as they were sent, of which others arrived. */
interface Original {
  readonly association: AssociationState;
  readonly side: Side;
  next: number;
  readonly end: number;
}

export class AlteredRecords {
  /** By what arrived in their place. */
  readonly #originals = new Map<string, Original>();

  get any(): boolean {
    return this.#originals.size > 0;
  }

  /** What a datagram arrived in place of; undefined for nearly all. */
  originalOf(datagram: Datagram): Original | undefined {
    return this.#originals.get(arrivalName(datagram));
  }

  /**
   * What of a datagram was altered on its way arrives as another one later: it stands for the records from `first` on,
   * those that were read last.
   */
  note({ transit }: Datagram, first: number, table: RecordTable, associations: readonly AssociationState[]): void {
    const { columns: c, count } = table;
    const association = associations[c.association[first] ?? NO_ASSOCIATION];
    if (!transit?.arrival || !association || first === count) return;
    const side: Side = c.side[first] === 0 ? 0 : 1;
    const { capture, packet } = transit.arrival;
    this.#originals.set(`${capture} ${packet} ${transit.recordsBefore}`, {
      association,
      side,
      next: first,
      end: count,
    });
  }

  /** Call once, after the last datagram. */
  forget(): void {
    this.#originals.clear();
  }
}

/** The next record that arrived in place of these, at `index` of the table. */
export function takeAltered(original: Original, index: number, record: DtlsRecord): void {
  const of = original.next < original.end ? original.next++ : original.end - 1;
  original.association.receiver.receiveAltered(index, original.side, record, of);
}

/** By what the original of a datagram that came altered is found; of all others nothing is. */
function arrivalName({ capture, packet, transit }: Datagram): string {
  return transit?.altered && transit.sentNs === null ? `${capture} ${packet} ${transit.recordsBefore}` : '';
}

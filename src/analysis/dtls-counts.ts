/** How many datagrams and records of DTLS each capture has, by its index. */
import type { Datagram } from '../capture/datagram.ts';

export class DtlsCounts {
  readonly datagrams: number[] = [];
  readonly records: number[] = [];

  /** A datagram that only this capture has, with so many records. */
  addWhole(capture: number, records: number): void {
    add(this.datagrams, capture, 1);
    add(this.records, capture, records);
  }

  /**
   * For each capture that has it; returns those. What was split or joined on the way counts once as it was at each
   * point.
   */
  addDatagram({ capture, transit }: Datagram): readonly number[] {
    const { arrival = null, altered = false, recordsBefore = 0, recordsBeforeArrival = 0 } = transit ?? {};
    if (recordsBefore === 0) add(this.datagrams, capture, 1);
    // What arrived altered comes as a datagram of its own.
    if (!arrival || altered) return [capture];
    if (recordsBeforeArrival === 0) add(this.datagrams, arrival.capture, 1);
    return [capture, arrival.capture];
  }

  addRecord(captures: readonly number[]): void {
    for (const capture of captures) add(this.records, capture, 1);
  }
}

function add(counts: number[], capture: number, more: number): void {
  counts[capture] = (counts[capture] ?? 0) + more;
}

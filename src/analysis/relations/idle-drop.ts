/** Silence for so long that a NAT or the peer forgot the association: what follows is answered by nobody. */

import type { AnalysedAssociation } from '../analyse.ts';
import type { RecordList } from '../record-list.ts';
import type { Side } from '../record-table.ts';
import { unanswered } from './answering.ts';
import { isEstablished, type Related } from './related.ts';

/** NATs may forget a mapping after two minutes (RFC 4787 §4.3), and many do after half a minute or less. */
const IDLE_MS = 20_000;
/** One late record, and the capture ends: nothing is proven. */
const NO_ANSWER_MS = 1000;

export function noteIdleDrops(related: Related): void {
  for (const association of related.trace.analysed) {
    if (!isEstablished(association)) continue;
    for (const side of [0, 1] as const) noteIdleDrop(related, association, side);
  }
}

function noteIdleDrop(related: Related, association: AnalysedAssociation, side: Side): void {
  const { trace } = related;
  const { records, applicationRecords } = association.state;
  const tail = unanswered(trace, association, side);
  const peerSpoke = applicationRecords.some((r) => r.side !== side);
  if (tail.length === 0 || !peerSpoke) return;
  // The silence may lie before the first of them, or between two of them.
  const at = tail.findIndex((record) => silenceBeforeMs(related, records, record) >= IDLE_MS);
  const first = tail[at];
  const last = tail.at(-1);
  if (first === undefined || last === undefined || trace.timeMs(last) - trace.timeMs(first) < NO_ANSWER_MS) return;
  const seconds = Math.round(silenceBeforeMs(related, records, first) / 1000);
  const count = tail.length - at;
  const [sender, peer] = side === 0 ? ['client', 'server'] : ['server', 'client'];
  const says = `After ${seconds} seconds of silence nothing that the ${sender} sent was answered (${count} ${count === 1 ? 'record' : 'records'}): the path or the ${peer} had forgotten the association.`;
  related.add(association, { kind: 'idle-drop', with: null, record: first, certainty: 'inferred', says });
}

function silenceBeforeMs({ trace }: Related, records: RecordList, record: number): number {
  const before = records[indexOf(records, record) - 1];
  return before === undefined ? 0 : trace.timeMs(record) - trace.timeMs(before);
}

/** Place of a value in ascending ones. */
function indexOf(ascending: RecordList, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

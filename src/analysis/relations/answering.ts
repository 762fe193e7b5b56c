/** Who still answered whom under the keys of an association. */
import { CONTENT_TYPE } from '../../dtls/record.ts';
import type { AnalysedAssociation, AnalysedTrace } from '../analyse.ts';
import { HIDDEN_TYPE, type Side } from '../record-table.ts';

/** Records under the keys of the association that one side sent after the last of the other side's. */
export function unanswered(trace: AnalysedTrace, { state }: AnalysedAssociation, side: Side): readonly number[] {
  const c = trace.records.columns;
  const tail: number[] = [];
  for (let i = state.records.length - 1; i >= 0; i--) {
    const record = state.records[i] ?? 0;
    if (c.side[record] !== side) break;
    if ((c.epoch[record] ?? 0) > 0 && SAYS_SOMETHING.has(c.contentType[record] ?? 0)) tail.push(record);
  }
  return tail.reverse();
}

/** Alerts and application data, or what may be such: handshake messages and ACKs have timers and answers of their own. */
const SAYS_SOMETHING: ReadonlySet<number> = new Set([
  CONTENT_TYPE.alert,
  CONTENT_TYPE.applicationData,
  CONTENT_TYPE.tls12Cid,
  HIDDEN_TYPE,
]);

/** The other side answered what this side said, at least every other time: as in requests and responses. */
export function usuallyAnswered({ state }: AnalysedAssociation, side: Side, before: number): boolean {
  let said = 0;
  let answered = 0;
  let waiting = false;
  state.applicationRecords.some(({ record, side: sender }) => {
    if (record >= before) return true;
    if (sender === side) {
      said++;
      waiting = true;
    } else if (waiting) {
      answered++;
      waiting = false;
    }
    return false;
  });
  return answered > 0 && answered * 2 >= said;
}

/** How an association ended: with an alert, by another that took its place, or by silence. */

import { CONTENT_TYPE } from '../dtls/record.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import type { RecordList } from './record-list.ts';
import { type Side, STATE } from './record-table.ts';
import { storyOf } from './story-of.ts';
import { sumsOf } from './streams.ts';
import type { Association } from './trace.ts';

const CLOSE_NOTIFY = 0;
const FATAL = 2;

/** An established association may be silent for as long as it likes; after this, and several times its usual pause, it was left. */
const LEFT_AFTER_MS = 30_000;
const USUAL_PAUSES = 3;
/** In a handshake the next repeat is due after twice the wait before. Nobody starts with more than 9 s. */
const GIVEN_UP_AFTER_MS = 10_000;
const LAST_WAITS = 2.5;

export function closedBy(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  established: boolean,
  captureEndMs: number,
): Association['closed'] {
  const { state } = association;
  if (state.alerts.some((a) => a.level === FATAL && a.code !== CLOSE_NOTIFY)) return 'fatal-alert';
  if (state.alerts.some((a) => a.code === CLOSE_NOTIFY) || partedInSecret(trace, association)) return 'close_notify';
  // A handshake on the same ports that came to nothing took nobody's place (RFC 6347 §4.2.8).
  if (storyOf(trace, association).relations.some((r) => r.kind === 'replaced-by')) return 'replaced';
  return fellSilent(trace, association, established, captureEndMs) ? 'silent' : null;
}

/**
 * Without keys, an alert still says that it is one (not in DTLS 1.3). The last word of both sides, of the same size: a
 * close_notify and its answer.
 */
function partedInSecret(trace: AnalysedTrace, { state }: AnalysedAssociation): boolean {
  const c = trace.records.columns;
  const last = ([0, 1] as const).map((side) => state.records.findLast((r) => c.side[r] === side));
  const lengths = last.map((record) =>
    record !== undefined && isSecretAlert(trace, record) ? c.length.get(record) : null,
  );
  return lengths[0] !== null && lengths[0] === lengths[1];
}

function isSecretAlert({ records: { columns: c } }: AnalysedTrace, record: number): boolean {
  return (
    c.contentType[record] === CONTENT_TYPE.alert &&
    (c.epoch[record] ?? 0) > 0 &&
    c.state[record] === STATE.undecryptable
  );
}

/** Both sides stopped, and the capture goes on for longer than either would have waited. */
function fellSilent(
  trace: AnalysedTrace,
  { state }: AnalysedAssociation,
  established: boolean,
  captureEndMs: number,
): boolean {
  const { records } = state;
  const last = records.at(-1);
  if (last === undefined) return false;
  const end = trace.timeMs(last);
  const silence = captureEndMs - end;
  if (silence < (established ? LEFT_AFTER_MS : GIVEN_UP_AFTER_MS)) return false;
  if (([0, 1] as const).some((side) => lastIsSecretAlert(trace, records, side))) return false;
  const waits = established
    ? USUAL_PAUSES * sumsOf(trace).counts(state.index).longestPauseMs
    : LAST_WAITS * (end - trace.timeMs(records.at(-2) ?? last));
  return silence >= waits;
}

function lastIsSecretAlert(trace: AnalysedTrace, records: RecordList, side: Side): boolean {
  const last = records.findLast((r) => trace.records.columns.side[r] === side);
  return last !== undefined && isSecretAlert(trace, last);
}

/** Lets time run from the playhead: frame by frame, selecting each record as its moment passes, until the last one. */
import { BEAT_MS, beatOn, isAtEnd, playOn } from '../present/playback.ts';
import { timelineOf, timeOfRecord } from '../present/timeline.ts';
import { page } from './page.ts';
import { playheadOf } from './store/playhead.ts';
import { useStore } from './store/store.ts';

/** A tab in the background gets no frames: time waits for it. */
const LONGEST_FRAME_MS = 250;

interface Run {
  readonly association: string | null;
  /** Where time is; published only where lines may move. */
  timeMs: number;
  /** The record that was reached; another selection is the reader's, and time goes on from there. */
  record: number | null;
  frameAt: number | null;
  /** Since the last beat. */
  restedMs: number;
}

/** False where there is nothing to play. */
export function togglePlay(): boolean {
  const { playing, detail, record } = useStore.getState();
  if (playing) {
    stop();
    return true;
  }
  if (!detail || detail.records.length === 0) return false;
  const first = detail.records[0]?.record ?? null;
  if (record === null || isAtEnd(timelineOf(detail), record)) page.selectRecord(first);
  const now = useStore.getState();
  const run: Run = {
    association: now.association,
    timeMs: playheadOf(now) ?? 0,
    record: now.record,
    frameAt: null,
    restedMs: 0,
  };
  now.setPlaying(true);
  requestAnimationFrame((at) => frame(run, at));
  return true;
}

export function stop(): void {
  useStore.setState({ playing: false, playheadMs: null });
}

function frame(run: Run, at: number): void {
  const { playing, detail, association, record, rate } = useStore.getState();
  if (!playing) return;
  if (association !== run.association || !detail) {
    stop();
    return;
  }
  const elapsedMs = run.frameAt === null ? 0 : Math.min(LONGEST_FRAME_MS, at - run.frameAt);
  run.frameAt = at;
  const timeline = timelineOf(detail);
  if (record !== run.record) {
    run.record = record;
    run.timeMs = timeOfRecord(timeline, record) ?? run.timeMs;
    run.restedMs = 0;
  }
  const beats = rate === 'records';
  run.restedMs += elapsedMs;
  if (beats && run.restedMs < BEAT_MS) {
    requestAnimationFrame((next) => frame(run, next));
    return;
  }
  const reached = beats ? beatOn(timeline, record) : playOn(timeline, run.timeMs, elapsedMs, rate);
  run.restedMs = 0;
  run.timeMs = reached.timeMs;
  run.record = reached.record;
  if (reached.record !== record) page.selectRecord(reached.record);
  const still = beats || matchMedia('(prefers-reduced-motion: reduce)').matches;
  useStore.getState().movePlayhead(still ? null : reached.timeMs);
  if (reached.ended) stop();
  else requestAnimationFrame((next) => frame(run, next));
}

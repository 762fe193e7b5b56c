/** Reads files of the page into a session, and tells the page how far it is. */
import type { SessionProgress } from '../analysis/progress.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import type { AnalysisSession } from './analysis-session.ts';
import { chunksOf } from './blob-chunks.ts';
import { EarlyTelling } from './early-rows.ts';
import type { Add, FromWorker, InputFile } from './protocol.ts';
import { PROGRESS_EVERY_MS, type Turns } from './turns.ts';
import { readerOf } from './unreadable.ts';

/** What is read sooner than this is shown as a whole. */
const EARLY_AFTER_MS = 150;

/** For which job, and who is to hear of it. */
export interface Telling {
  readonly job: number;
  readonly post: (message: FromWorker) => void;
  readonly turns: Turns;
}

export async function readFiles(
  session: AnalysisSession,
  files: readonly InputFile[],
  add: Add,
  { job, post, turns }: Telling,
): ReturnType<AnalysisSession['open']> {
  if (files.length === 0) return { ok: false, cancelled: false, failures: [] };
  const began = turns.now();
  let lastProgress = Number.NEGATIVE_INFINITY;
  const telling = new EarlyTelling();
  const progress = ({ early, ...numbers }: SessionProgress) => {
    const now = turns.now();
    if (now - lastProgress < PROGRESS_EVERY_MS) return;
    lastProgress = now;
    const rows = now - began < EARLY_AFTER_MS ? [] : telling.next(numbers.associations, early);
    post({ is: 'progress', job, ...numbers, early: rows });
  };
  const sources = files.map((file) => sourceOf(file, turns));
  return await session.open(sources, { add, progress, cancelled: () => turns.isCancelled(job) });
}

/** A file in pieces; between files, and now and then within one, the event loop gets its turn. */
function sourceOf({ name, blob }: InputFile, turns: Turns): CaptureSource {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await turns.breathe();
    for await (const chunk of chunksOf(blob)) {
      yield chunk;
      await turns.breathe();
    }
  }
  return { name, size: blob.size, chunks, ...readerOf(name, blob) };
}

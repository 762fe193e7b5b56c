/**
 * What the worker does with each message of the page. Pure: the session, `post`, the clock and the pause are injected,
 * so that tests run it in one thread.
 */
import type { AssociationDetail, RecordDetail, TraceSummary } from '../analysis/trace.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import type { Add, FromWorker, InputFile, ToWorker } from './protocol.ts';

/** How far reading has come. */
export interface Progress {
  readonly file: string;
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly packets: number;
  readonly datagrams: number;
}

/** The part of the analysis session that the worker needs. */
export interface AnalysisSession {
  open(
    files: readonly CaptureSource[],
    options: { readonly add: Add; readonly progress?: (p: Progress) => void; readonly cancelled?: () => boolean },
  ): Promise<{ readonly ok: boolean; readonly cancelled: boolean; readonly failures: readonly string[] }>;
  trace(): TraceSummary;
  association(id: string): AssociationDetail | null;
  record(record: number): RecordDetail | null;
  forgetKeys(): void;
  close(): void;
}

export interface Surroundings {
  readonly now: () => number;
  /** Lets the event loop run once, so that a `cancel` that waits outside is heard. */
  readonly pause: () => Promise<void>;
}

const BROWSER: Surroundings = {
  now: () => performance.now(),
  pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
};

const CHUNK_BYTES = 1 << 20;
const PROGRESS_EVERY_MS = 100;
const PAUSE_EVERY_MS = 30;

export class WorkerCore {
  readonly #session: AnalysisSession;
  readonly #post: (message: FromWorker) => void;
  readonly #around: Surroundings;
  readonly #cancelled = new Set<number>();
  /** Opens run one after the other: what is dropped while a capture is read waits for it. */
  #openings: Promise<void> = Promise.resolve();
  #pausedAt = 0;

  constructor(session: AnalysisSession, post: (message: FromWorker) => void, around: Surroundings = BROWSER) {
    this.#session = session;
    this.#post = post;
    this.#around = around;
  }

  /** Resolves when the message has been answered. */
  receive(message: ToWorker): Promise<void> {
    switch (message.do) {
      case 'open': {
        this.#openings = this.#openings.then(() => this.#guard(message.job, () => this.#open(message)));
        return this.#openings;
      }
      case 'cancel':
        this.#cancelled.add(message.job);
        return Promise.resolve();
      default:
        return this.#guard(message.job, () => this.#post(this.#answer(message)));
    }
  }

  #answer(message: Exclude<ToWorker, { readonly do: 'open' | 'cancel' }>): FromWorker {
    const { job } = message;
    switch (message.do) {
      case 'association': {
        const detail = this.#session.association(message.id);
        return detail ? { is: 'association', job, detail } : { is: 'absent', job };
      }
      case 'record': {
        const detail = this.#session.record(message.record);
        return detail ? { is: 'record', job, detail } : { is: 'absent', job };
      }
      case 'forgetKeys':
        this.#session.forgetKeys();
        return { is: 'opened', job, trace: this.#session.trace(), failures: [] };
      case 'close':
        this.#session.close();
        return { is: 'opened', job, trace: this.#session.trace(), failures: [] };
    }
  }

  async #open({ job, files, add }: Extract<ToWorker, { readonly do: 'open' }>): Promise<void> {
    let lastProgress = Number.NEGATIVE_INFINITY;
    const cancelled = () => this.#cancelled.has(job);
    const progress = (p: Progress) => {
      const now = this.#around.now();
      if (now - lastProgress < PROGRESS_EVERY_MS) return;
      lastProgress = now;
      this.#post({ is: 'progress', job, ...p });
    };
    try {
      await this.#around.pause();
      if (cancelled()) return this.#post({ is: 'cancelled', job });
      const sources = files.map((file) => this.#source(file));
      const { ok, cancelled: stopped, failures } = await this.#session.open(sources, { add, progress, cancelled });
      if (stopped) this.#post({ is: 'cancelled', job });
      else if (ok) this.#post({ is: 'opened', job, trace: this.#session.trace(), failures });
      else this.#post({ is: 'failed', job, failures });
    } finally {
      this.#cancelled.delete(job);
    }
  }

  /** A file in pieces; between files, and now and then within one, the event loop gets its turn. */
  #source({ name, blob }: InputFile): CaptureSource {
    const breathe = () => this.#breathe();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      await breathe();
      for (let from = 0; from < blob.size; from += CHUNK_BYTES) {
        yield new Uint8Array(await blob.slice(from, from + CHUNK_BYTES).arrayBuffer());
        await breathe();
      }
    }
    return { name, size: blob.size, chunks };
  }

  async #breathe(): Promise<void> {
    if (this.#around.now() - this.#pausedAt < PAUSE_EVERY_MS) return;
    await this.#around.pause();
    this.#pausedAt = this.#around.now();
  }

  /** The one place where a bug is caught: its text goes to the page, never the bytes it was looking at. */
  async #guard(job: number, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (bug) {
      this.#post({ is: 'crashed', job, report: describe(bug) });
    }
  }
}

function describe(bug: unknown): string {
  if (!(bug instanceof Error)) return String(bug);
  const summary = `${bug.name}: ${bug.message}`;
  // Chromium's stack begins with the summary, Firefox's does not.
  return bug.stack?.includes(bug.message) ? bug.stack : `${summary}\n${bug.stack ?? ''}`;
}

/**
 * What the worker does with each message of the page. Pure: the session, `post`, the clock and the pause are injected,
 * so that tests run it in one thread.
 */
import { type ListedAssociation, Listing, listedTrace } from '../analysis/listed-association.ts';
import type { AnalysisProgress, SessionProgress } from '../analysis/progress.ts';
import { BytesGone, type CaptureSource } from '../capture/datagram.ts';
import { toHex } from '../wire/text.ts';
import type { AnalysisSession } from './analysis-session.ts';
import { EarlyTelling } from './early-rows.ts';
import { sorted } from './kinds.ts';
import type { Add, FromWorker, InputFile, ToWorker, WriteRequest, WrittenFile } from './protocol.ts';
import type { SharedFacts, SharingAnswer, SharingQuestion } from './sharing-protocol.ts';
import { bytesOf, readerOf } from './unreadable.ts';

type Message<Do extends ToWorker['do']> = Extract<ToWorker, { readonly do: Do }>;
/** What waits until what came before it has been read. */
type Opening = Message<
  'open' | 'addPsk' | 'addPrivateKey' | 'forcePorts' | 'forgetKeys' | 'close' | 'write' | 'sharing'
>;

/** What became of a change to what is open. */
interface Changed {
  /** There is something new. */
  readonly ok: boolean;
  readonly cancelled: boolean;
  readonly failures: readonly string[];
}

const CHANGED: Changed = { ok: true, cancelled: false, failures: [] };

export interface Surroundings {
  readonly now: () => number;
  /** Lets the event loop run once, so that a `cancel` that waits outside is heard. */
  readonly pause: () => Promise<void>;
  /** Makes a file of what is open; a sentence where it cannot. */
  readonly write: (request: WriteRequest, cancelled: () => boolean) => Promise<readonly WrittenFile[] | string>;
  /** Opens a shared trace instead of what is open; a sentence where it cannot, and then nothing changed. */
  readonly openShared: (file: InputFile, cancelled: () => boolean) => Promise<SharedFacts | string>;
  readonly share: (question: SharingQuestion, cancelled: () => boolean) => Promise<SharingAnswer>;
}

const BROWSER: Surroundings = {
  now: () => performance.now(),
  pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  write: async () => 'Nothing can be written here.',
  openShared: async () => 'No shared trace can be opened here.',
  share: async () => ({ kind: 'failed', message: 'Nothing can be shared here.' }),
};

const CHUNK_BYTES = 1 << 20;
const PROGRESS_EVERY_MS = 100;
const PAUSE_EVERY_MS = 30;
/** What is read sooner than this is shown as a whole. */
const EARLY_AFTER_MS = 150;
/** Associations in one message: the page takes in so many between two frames. */
const MOST_AT_ONCE = 200;

export class WorkerCore {
  readonly #session: AnalysisSession;
  readonly #post: (message: FromWorker) => void;
  readonly #around: Surroundings;
  readonly #cancelled = new Set<number>();
  /** Opens run one after the other: what is dropped while a capture is read waits for it. */
  #openings: Promise<void> = Promise.resolve();
  #pausedAt = 0;
  #psks = 0;
  #shared: SharedFacts | null = null;

  constructor(session: AnalysisSession, post: (message: FromWorker) => void, around: Partial<Surroundings> = {}) {
    this.#session = session;
    this.#post = post;
    this.#around = { ...BROWSER, ...around };
  }

  /** Resolves when the message has been answered. */
  receive(message: ToWorker): Promise<void> {
    switch (message.do) {
      case 'open':
      case 'addPsk':
      case 'addPrivateKey':
      case 'forcePorts':
      case 'forgetKeys':
      case 'close':
      case 'write':
      case 'sharing':
        this.#openings = this.#openings.then(() => this.#guard(message.job, () => this.#take(message)));
        return this.#openings;
      case 'cancel':
        this.#cancelled.add(message.job);
        return Promise.resolve();
      default:
        return this.#guard(message.job, () => this.#post(this.#answer(message)));
    }
  }

  #take(message: Opening): Promise<unknown> {
    switch (message.do) {
      case 'open':
        return this.#open(message.job, message.files, message.add);
      case 'addPsk':
        return this.#addPsk(message);
      case 'addPrivateKey':
        return this.#change(message.job, (session) =>
          this.#addPrivateKeys(message.job, session, [message.file], message.password),
        );
      case 'forcePorts':
        return this.#forcePorts(message);
      case 'forgetKeys':
        return this.#change(message.job, (session) => {
          session.forgetKeys();
          return CHANGED;
        });
      case 'close':
        return this.#change(message.job, (session) => {
          session.close();
          session.forcePorts([]);
          return CHANGED;
        });
      case 'write':
        return this.#write(message);
      case 'sharing':
        return this.#share(message);
    }
  }

  #answer(message: Exclude<ToWorker, Opening | Message<'cancel'>>): FromWorker {
    const { job } = message;
    switch (message.do) {
      case 'association': {
        const detail = this.#session.association(message.id);
        return detail ? { is: 'association', job, detail } : { is: 'absent', job };
      }
      case 'alone':
        return { is: 'alone', job, id: message.id, detail: this.#session.alone(message.id) };
      case 'record': {
        const detail = this.#session.record(message.record);
        return detail ? { is: 'record', job, detail } : { is: 'absent', job };
      }
      case 'applicationData': {
        const data = this.#session.applicationData(message.id, message.query);
        return data ? { is: 'applicationData', job, data } : { is: 'absent', job };
      }
      case 'find':
        return { is: 'found', job, found: this.#session.find(message.sought, message.near) };
      case 'srtpKeys':
        return { is: 'srtpKeys', job, id: message.id, keys: this.#session.srtpKeys(message.id) };
    }
  }

  async #open(job: number, files: readonly InputFile[], add: Add): Promise<void> {
    await this.#around.pause();
    const { keys, shared, others } = await sorted(files);
    const before = { session: this.#session.fork(), shared: this.#shared };
    const received = await this.#openShared(shared, () => this.#cancelled.has(job));
    const changed = await this.#change(job, async (session) => {
      // What came with a shared trace, such as a key log, belongs to it.
      const read = await this.#read(job, session, others, received.ok ? true : add);
      if (read.cancelled) return read;
      const { ok, failures } = await this.#addPrivateKeys(job, session, keys, null);
      return {
        ok: received.ok || read.ok || ok,
        cancelled: false,
        failures: [...received.failures, ...read.failures, ...failures],
      };
    });
    if (changed || !received.ok) return;
    this.#session.adopt(before.session);
    this.#shared = before.shared;
  }

  /**
   * Changes what is open, aside: that is taken over once it is analysed. False where it was not, because it was
   * cancelled meanwhile or there was nothing usable; then everything is as it was.
   */
  async #change(job: number, change: (session: AnalysisSession) => Changed | Promise<Changed>): Promise<boolean> {
    const cancelled = () => this.#cancelled.has(job);
    try {
      const session = this.#session.fork();
      const done = cancelled() ? null : await change(session);
      const isWhole = done?.ok && !done.cancelled && !cancelled() && (await this.#tellAll(job, session));
      if (isWhole) {
        this.#session.adopt(session);
        this.#post(this.#opened(job, done.failures));
      } else if (!done || done.ok || done.cancelled || cancelled()) this.#post({ is: 'cancelled', job });
      else this.#post({ is: 'failed', job, failures: done.failures });
      return isWhole === true;
    } finally {
      this.#cancelled.delete(job);
    }
  }

  /** Analyses what is open in `session`, and tells its associations where there are many. False where it was cancelled. */
  async #tellAll(job: number, session: AnalysisSession): Promise<boolean> {
    if (!(await this.#inSteps(job, session.reading()))) return false;
    if (!isLarge(session)) return await this.#inSteps(job, session.diagnosing(null));
    let part: ListedAssociation[] = [];
    let listing = new Listing();
    const tell = () => {
      if (part.length > 0) this.#post({ is: 'part', job, associations: part });
      part = [];
      listing = new Listing();
    };
    const diagnosing = session.diagnosing((association) => {
      part.push(listing.row(association));
      if (part.length >= MOST_AT_ONCE) tell();
    });
    const isWhole = await this.#inSteps(job, diagnosing);
    if (isWhole) tell();
    return isWhole;
  }

  /** False where it was cancelled. */
  async #inSteps(job: number, steps: Iterable<AnalysisProgress>): Promise<boolean> {
    let lastTold = this.#around.now();
    for (const progress of steps) {
      if (this.#around.now() - this.#pausedAt < PAUSE_EVERY_MS) continue;
      if (this.#around.now() - lastTold >= PROGRESS_EVERY_MS) {
        lastTold = this.#around.now();
        this.#post({ is: 'analysing', job, progress });
      }
      await this.#breathe();
      if (this.#cancelled.has(job)) return false;
    }
    return true;
  }

  /** One shared trace is open at a time, and nothing beside it: the first one that is usable. */
  async #openShared(files: readonly InputFile[], cancelled: () => boolean) {
    const failures: string[] = [];
    for (const file of files) {
      const opened = await this.#around.openShared(file, cancelled);
      if (cancelled()) break;
      if (typeof opened !== 'string') {
        this.#shared = opened;
        return { ok: true, failures };
      }
      failures.push(opened);
    }
    return { ok: false, failures };
  }

  async #read(job: number, session: AnalysisSession, files: readonly InputFile[], add: Add): Promise<Changed> {
    if (files.length === 0) return { ok: false, cancelled: false, failures: [] };
    const began = this.#around.now();
    let lastProgress = Number.NEGATIVE_INFINITY;
    const telling = new EarlyTelling();
    const progress = ({ early, ...numbers }: SessionProgress) => {
      const now = this.#around.now();
      if (now - lastProgress < PROGRESS_EVERY_MS) return;
      lastProgress = now;
      const rows = now - began < EARLY_AFTER_MS ? [] : telling.next(numbers.associations, early);
      this.#post({ is: 'progress', job, ...numbers, early: rows });
    };
    const sources = files.map((file) => this.#source(file));
    return await session.open(sources, { add, progress, cancelled: () => this.#cancelled.has(job) });
  }

  #addPsk({ job, identity, key, text }: Message<'addPsk'>): Promise<unknown> {
    // As hex a key holds no `=`, so an identity may; without an identity the key may be `IDENTITY=HEX` itself.
    const hex = text ? toHex(new TextEncoder().encode(key)) : key;
    const source = identity === '' ? `pre-shared key ${this.#psks + 1}` : `pre-shared key for ${identity}`;
    return this.#change(job, (session) => {
      const wrong = session.addPsk(identity === '' ? hex : `${identity}=${hex}`, { text: false, source });
      if (wrong === null) this.#psks++;
      return wrong === null ? CHANGED : { ok: false, cancelled: false, failures: [wrong] };
    });
  }

  /** A key that is encrypted is no failure: the page asks for its password. */
  async #addPrivateKeys(
    job: number,
    session: AnalysisSession,
    files: readonly InputFile[],
    password: string | null,
  ): Promise<Changed> {
    const failures: string[] = [];
    let ok = false;
    for (const file of files) {
      const bytes = await bytesOf(file.blob).catch((error: Error) => error.message);
      if (typeof bytes === 'string') {
        failures.push(`${file.name} could not be read: ${bytes}.`);
        continue;
      }
      const result = session.addPrivateKey(bytes, file.name, password ?? undefined);
      if (result.kind === 'added') ok = true;
      else if (result.kind === 'needsPassword') this.#post({ is: 'needsPassword', job, file, message: result.message });
      else failures.push(result.message);
    }
    return { ok, cancelled: false, failures };
  }

  /** Which datagrams are kept is decided while reading, so the captures are read again; keys stay. */
  async #forcePorts({ job, ports, files }: Message<'forcePorts'>): Promise<void> {
    const { others, shared } = await sorted(files);
    await this.#change(job, async (session) => {
      session.forcePorts(ports);
      const read = await this.#read(job, session, others, false);
      // A shared trace holds nothing but what was taken for DTLS.
      return { ...read, ok: read.ok || others.length === 0 || shared.length > 0 };
    });
  }

  async #write({ job, request }: Message<'write'>): Promise<void> {
    try {
      this.#post({ is: 'written', job, files: await this.#around.write(request, () => this.#cancelled.has(job)) });
    } finally {
      this.#cancelled.delete(job);
    }
  }

  async #share({ job, question }: Message<'sharing'>): Promise<void> {
    const cancelled = () => this.#cancelled.has(job);
    try {
      // Messages that wait outside are heard first: among them may be that nobody wants this any more.
      await this.#around.pause();
      const answer = cancelled() ? null : await this.#around.share(question, cancelled);
      this.#post(answer ? { is: 'sharing', job, answer } : { is: 'cancelled', job });
    } finally {
      this.#cancelled.delete(job);
    }
  }

  #opened(job: number, failures: readonly string[]): FromWorker {
    const session = this.#session;
    const trace = isLarge(session)
      ? { ...session.overview(), associations: [], findings: session.findings() }
      : listedTrace(session.trace());
    if (!trace.captures.some(({ format }) => format === 'dtlstrace')) this.#shared = null;
    return { is: 'opened', job, trace, failures, ...(this.#shared ? { shared: this.#shared } : {}) };
  }

  /** A file in pieces; between files, and now and then within one, the event loop gets its turn. */
  #source({ name, blob }: InputFile): CaptureSource {
    const breathe = () => this.#breathe();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      await breathe();
      for (let from = 0; from < blob.size; from += CHUNK_BYTES) {
        yield await bytesOf(blob.slice(from, from + CHUNK_BYTES));
        await breathe();
      }
    }
    return { name, size: blob.size, chunks, ...readerOf(name, blob) };
  }

  async #breathe(): Promise<void> {
    if (this.#around.now() - this.#pausedAt < PAUSE_EVERY_MS) return;
    await this.#around.pause();
    this.#pausedAt = this.#around.now();
  }

  /** The one place where a bug is caught: its text goes to the page, never the bytes it was looking at. */
  async #guard(job: number, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (bug) {
      if (bug instanceof BytesGone) this.#post({ is: 'failed', job, failures: [bug.message] });
      else this.#post({ is: 'crashed', job, report: describe(bug) });
    }
  }
}

/** One message would be too much for all of its associations. */
const isLarge = (session: AnalysisSession): boolean => session.ids().length > MOST_AT_ONCE;

function describe(bug: unknown): string {
  if (!(bug instanceof Error)) return String(bug);
  const summary = `${bug.name}: ${bug.message}`;
  // Chromium's stack begins with the summary, Firefox's does not.
  return bug.stack?.includes(bug.message) ? bug.stack : `${summary}\n${bug.stack ?? ''}`;
}

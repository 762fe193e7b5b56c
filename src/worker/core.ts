/**
 * What the worker does with each message of the page. Pure: the session, `post`, the clock and the pause are injected,
 * so that tests run it in one thread.
 */
import { BytesGone } from '../capture/datagram.ts';
import type { AnalysisSession } from './analysis-session.ts';
import { type Change, Changes, type OpenShared } from './changes.ts';
import type { FromWorker, ToWorker, WriteRequest, WrittenFile } from './protocol.ts';
import type { SharingAnswer, SharingQuestion } from './sharing-protocol.ts';
import { type Clock, Turns } from './turns.ts';

type Message<Do extends ToWorker['do']> = Extract<ToWorker, { readonly do: Do }>;
/** What waits until what came before it has been read. */
type InTurn = Change | Message<'write' | 'sharing'>;

export interface Surroundings extends Clock {
  readonly openShared: OpenShared;
  /** Makes a file of what is open; a sentence where it cannot. */
  readonly write: (request: WriteRequest, cancelled: () => boolean) => Promise<readonly WrittenFile[] | string>;
  readonly share: (question: SharingQuestion, cancelled: () => boolean) => Promise<SharingAnswer>;
}

const BROWSER: Surroundings = {
  now: () => performance.now(),
  pause: () => new Promise((resolve) => setTimeout(resolve, 0)),
  openShared: async () => 'No shared trace can be opened here.',
  write: async () => 'Nothing can be written here.',
  share: async () => ({ kind: 'failed', message: 'Nothing can be shared here.' }),
};

export class WorkerCore {
  readonly #session: AnalysisSession;
  readonly #post: (message: FromWorker) => void;
  readonly #around: Surroundings;
  readonly #turns: Turns;
  readonly #changes: Changes;
  /** They run one after the other: what is dropped while a capture is read waits for it. */
  #before: Promise<void> = Promise.resolve();

  constructor(session: AnalysisSession, post: (message: FromWorker) => void, around: Partial<Surroundings> = {}) {
    this.#session = session;
    this.#post = post;
    this.#around = { ...BROWSER, ...around };
    this.#turns = new Turns(this.#around);
    this.#changes = new Changes(session, post, this.#turns, this.#around.openShared);
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
        this.#before = this.#before.then(() => this.#guard(message.job, () => this.#take(message)));
        return this.#before;
      case 'cancel':
        this.#turns.cancel(message.job);
        return Promise.resolve();
      default:
        return this.#guard(message.job, () => this.#post(this.#answer(message)));
    }
  }

  #take(message: InTurn): Promise<void> {
    switch (message.do) {
      case 'write':
        return this.#write(message);
      case 'sharing':
        return this.#share(message);
      default:
        return this.#changes.make(message);
    }
  }

  #answer(message: Exclude<ToWorker, InTurn | Message<'cancel'>>): FromWorker {
    const { job } = message;
    switch (message.do) {
      case 'association': {
        const detail = this.#session.shown(message.id, message.around);
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

  async #write({ job, request }: Message<'write'>): Promise<void> {
    try {
      const files = await this.#around.write(request, () => this.#turns.isCancelled(job));
      this.#post({ is: 'written', job, files });
    } finally {
      this.#turns.forget(job);
    }
  }

  async #share({ job, question }: Message<'sharing'>): Promise<void> {
    const cancelled = () => this.#turns.isCancelled(job);
    try {
      // Messages that wait outside are heard first: among them may be that nobody wants this any more.
      await this.#turns.listen();
      const answer = cancelled() ? null : await this.#around.share(question, cancelled);
      this.#post(answer ? { is: 'sharing', job, answer } : { is: 'cancelled', job });
    } finally {
      this.#turns.forget(job);
    }
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

function describe(bug: unknown): string {
  if (!(bug instanceof Error)) return String(bug);
  const summary = `${bug.name}: ${bug.message}`;
  // Chromium's stack begins with the summary, Firefox's does not.
  return bug.stack?.includes(bug.message) ? bug.stack : `${summary}\n${bug.stack ?? ''}`;
}

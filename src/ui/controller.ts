/** What the reader can do with a trace, and which of it each answer of the worker belongs to. */
import type { DataQuery } from '../analysis/application-data.ts';
import type { Analysis } from '../worker/client.ts';
import type { FromWorker, WriteRequest, WrittenFile } from '../worker/protocol.ts';
import type { SharingAnswer, SharingQuestion } from '../worker/sharing-protocol.ts';
import { Awaited } from './awaited.ts';
import { type Changes, createChanges } from './changes.ts';
import { createNavigation, type Navigation } from './navigation.ts';
import { createOpened, type Opened } from './opened.ts';
import type { Store } from './store/store.ts';

export interface Controller extends Changes, Navigation, Pick<Opened, 'need'> {
  cancel(): void;
  /** Answered in the state's `data`. */
  readData(id: string, query: DataQuery): void;
  /** Secrets that nobody sees unasked: shown for the association until another one is. */
  deriveSrtpKeys(id: string): void;
  /** What the first capture point alone tells of the association that is shown. */
  askAlone(id: string): void;
  /** A file of what is open; one sentence where there is none. */
  write(request: WriteRequest): Promise<readonly WrittenFile[] | string>;
  /** Null where `signal` said meanwhile that the answer is not wanted any more. */
  sharing(question: SharingQuestion, signal?: AbortSignal): Promise<SharingAnswer | null>;
  /** See `Analysis.warm`. */
  warm(): void;
}

export const CRASHED =
  'The analysis stopped because of a mistake in DTLScope. What is shown stays; reload the analysis to go on.';

export function createController(store: Store, start: (receive: (m: FromWorker) => void) => Analysis): Controller {
  const { getState: get, setState: set } = store;
  const written = new Awaited<readonly WrittenFile[] | string>();
  /** Null where nothing comes. */
  const shared = new Awaited<SharingAnswer | null>();
  const analysis = start(receive);
  const navigation = createNavigation(store, analysis);
  const opened = createOpened(store, analysis, navigation, sharing);
  const { arriving, ...going } = navigation;
  const { answering, ...changing } = createChanges(store, analysis);

  function receive(message: FromWorker): void {
    switch (message.is) {
      case 'progress':
        answering.reading(message);
        break;
      case 'analysing':
        answering.analysing(message.progress);
        break;
      case 'part':
        // The worker's client puts them together.
        break;
      case 'opened':
        opened.show(message.trace, answering.settle(message.job), message.shared ?? null);
        answering.report(message.job, true, message.failures);
        break;
      case 'failed':
        answering.giveUp(message.job);
        answering.report(message.job, false, message.failures);
        break;
      case 'cancelled':
        if (shared.has(message.job)) {
          shared.give(message.job, null);
          break;
        }
        answering.giveUp(message.job);
        answering.report(message.job, false, ['Reading was cancelled. Nothing already loaded is lost.']);
        break;
      case 'needsPassword':
        answering.needsPassword(message.file, message.message);
        break;
      case 'association':
        arriving.association(message.detail);
        break;
      case 'record':
        arriving.record(message.detail);
        break;
      case 'applicationData':
        if (message.data.id === get().association) set({ data: message.data });
        break;
      case 'srtpKeys':
        if (message.id === get().association) set({ srtp: message.keys });
        break;
      case 'alone':
        if (message.id === get().association) set({ alone: message.detail });
        break;
      case 'found':
        arriving.found(message.found);
        break;
      case 'written':
        written.give(message.job, message.files);
        break;
      case 'sharing':
        shared.give(message.job, message.answer);
        break;
      case 'absent':
        break;
      case 'crashed':
        crash(message.job, message.report);
        break;
    }
  }

  /** @param job with which the worker stumbled; 0 where it died, and with it all that was asked of it. */
  function crash(job: number, report: string): void {
    if (job === 0) answering.keepUnanswered();
    for (const one of job === 0 ? shared.jobs : [job]) shared.give(one, { kind: 'failed', message: CRASHED });
    for (const one of job === 0 ? written.jobs : [job]) written.give(one, CRASHED);
    answering.settle(job);
    answering.report(job, false, []);
    get().notify(CRASHED, report);
  }

  function sharing(question: SharingQuestion, signal?: AbortSignal): Promise<SharingAnswer | null> {
    if (signal?.aborted) return Promise.resolve(null);
    const job = analysis.sharing(question);
    signal?.addEventListener('abort', () => {
      analysis.dropSharing(job);
      shared.give(job, null);
    });
    return shared.answerTo(job);
  }

  return {
    ...changing,
    ...going,
    need: opened.need,
    cancel: () => analysis.cancel(),
    readData: (id, query) => analysis.applicationData(id, query),
    deriveSrtpKeys: (id) => analysis.srtpKeys(id),
    askAlone: (id) => analysis.alone(id),
    write: (request) => written.answerTo(analysis.write(request)),
    sharing,
    warm: () => analysis.warm(),
  };
}

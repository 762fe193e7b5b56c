/** The page's side of the worker: numbers the jobs, drops late answers, and starts a new worker when one dies. */
import type { DataQuery } from '../analysis/application-data.ts';
import type { Sought } from '../analysis/find-record.ts';
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { Add, FromWorker, InputFile, ToWorker, WriteRequest } from './protocol.ts';
import type { SharingQuestion } from './sharing-protocol.ts';
import { spawnWorker } from './spawn.ts';
import { StringsOnce } from './strings-once.ts';

/** A pre-shared key as the reader typed it. */
export interface GivenPsk {
  /** Empty for any. */
  readonly identity: string;
  /** In hex, or as it is where `text` is set. */
  readonly key: string;
  readonly text: boolean;
}

export interface Analysis {
  open(files: readonly InputFile[], add: Add): number;
  /** Asks every opening that is still under way to stop. */
  cancel(): void;
  /** `around`: a record that is looked for, which is told where not all are; null for none. */
  association(id: string, around: number | null): void;
  /** Answered by `alone`. */
  alone(id: string): void;
  record(record: number): void;
  applicationData(id: string, query: DataQuery): void;
  addPsk(psk: GivenPsk): number;
  addPrivateKey(file: InputFile, password: string | null): number;
  /** Reads `files` once more, with these UDP ports taken for DTLS. */
  forcePorts(ports: readonly number[], files: readonly InputFile[]): number;
  /** Answered by `found`. */
  find(sought: Sought, near: string | null): void;
  /** Answered by `srtpKeys`. */
  srtpKeys(id: string): void;
  /** Answered by `written`. */
  write(request: WriteRequest): number;
  /** Answered by `sharing`, each of them. */
  sharing(question: SharingQuestion): number;
  /** The answer to a `sharing` is not wanted any more. */
  dropSharing(job: number): void;
  forgetKeys(): void;
  close(): void;
  /** Starts the worker before it is needed, so that the first file opens at once. */
  warm(): void;
}

/** What of a `Worker` is used, so that tests can stand in for it. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Answers to the same question replace each other; openings, files to write and what is shared are all awaited. */
type Question = Awaited | 'association' | 'alone' | 'record' | 'applicationData' | 'srtpKeys' | 'find';
type Awaited = 'opening' | 'writing' | 'sharing';
const AWAITED: ReadonlySet<Question> = new Set<Awaited>(['opening', 'writing', 'sharing']);

/** The answer is still to come. */
const GOES_ON: ReadonlySet<FromWorker['is']> = new Set(['progress', 'analysing', 'needsPassword'] as const);

interface Parts {
  readonly associations: ListedAssociation[];
  readonly strings: StringsOnce;
}

export function startAnalysis(receive: (message: FromWorker) => void, spawn: () => WorkerLike = spawnWorker): Analysis {
  let worker: WorkerLike | null = null;
  let jobs = 0;
  const awaited = new Map<number, Question>();
  /** Associations that came ahead of the rest of their trace. */
  const parts = new Map<number, Parts>();

  function hear({ data }: MessageEvent<FromWorker>): void {
    const { job } = data;
    if (!awaited.has(job)) return;
    if (data.is === 'part') {
      const { associations, strings } = parts.get(job) ?? { associations: [], strings: new StringsOnce() };
      strings.share(data.associations);
      associations.push(...data.associations);
      parts.set(job, { associations, strings });
      return;
    }
    const associations = parts.get(job)?.associations;
    if (!GOES_ON.has(data.is)) {
      awaited.delete(job);
      parts.delete(job);
    }
    receive(data.is === 'opened' && associations ? { ...data, trace: { ...data.trace, associations } } : data);
  }

  /** Called for what the worker's own guard could not catch: it did not load, or it ran out of memory. */
  function die(event: ErrorEvent): void {
    event.preventDefault?.();
    worker?.terminate();
    worker = null;
    awaited.clear();
    parts.clear();
    receive({ is: 'crashed', job: 0, report: event.message || 'The worker stopped without a message.' });
  }

  function connected(): WorkerLike {
    if (worker) return worker;
    worker = spawn();
    worker.onmessage = hear;
    worker.onerror = die;
    return worker;
  }

  function ask(question: Question, message: (job: number) => ToWorker): number {
    const job = ++jobs;
    if (!AWAITED.has(question)) {
      for (const [earlier, other] of awaited) if (other === question) awaited.delete(earlier);
    }
    awaited.set(job, question);
    connected().postMessage(message(job));
    return job;
  }

  return {
    open: (files, add) => ask('opening', (job) => ({ do: 'open', job, files, add })),
    cancel() {
      for (const [job, question] of awaited) if (question === 'opening') worker?.postMessage({ do: 'cancel', job });
    },
    association: (id, around) => void ask('association', (job) => ({ do: 'association', job, id, around })),
    alone: (id) => void ask('alone', (job) => ({ do: 'alone', job, id })),
    record: (record) => void ask('record', (job) => ({ do: 'record', job, record })),
    applicationData: (id, query) => void ask('applicationData', (job) => ({ do: 'applicationData', job, id, query })),
    find: (sought, near) => void ask('find', (job) => ({ do: 'find', job, sought, near })),
    srtpKeys: (id) => void ask('srtpKeys', (job) => ({ do: 'srtpKeys', job, id })),
    addPsk: (psk) => ask('opening', (job) => ({ do: 'addPsk', job, ...psk })),
    addPrivateKey: (file, password) => ask('opening', (job) => ({ do: 'addPrivateKey', job, file, password })),
    forcePorts: (ports, files) => ask('opening', (job) => ({ do: 'forcePorts', job, ports, files })),
    write: (request) => ask('writing', (job) => ({ do: 'write', job, request })),
    sharing: (question) => ask('sharing', (job) => ({ do: 'sharing', job, question })),
    dropSharing(job) {
      if (awaited.get(job) === 'sharing') worker?.postMessage({ do: 'cancel', job });
    },
    forgetKeys: () => void ask('opening', (job) => ({ do: 'forgetKeys', job })),
    close: () => void ask('opening', (job) => ({ do: 'close', job })),
    warm: () => void connected(),
  };
}

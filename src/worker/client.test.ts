import { expect, test } from 'vitest';
import type { Association, TraceSummary } from '../analysis/trace.ts';
import { startAnalysis, type WorkerLike } from './client.ts';
import type { FromWorker, ToWorker } from './protocol.ts';

class FakeWorker implements WorkerLike {
  readonly sent: ToWorker[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  answer(message: FromWorker): void {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }
}

function start() {
  const workers: FakeWorker[] = [];
  const received: FromWorker[] = [];
  const analysis = startAnalysis(
    (m) => received.push(m),
    () => {
      const worker = new FakeWorker();
      workers.push(worker);
      return worker;
    },
  );
  return { analysis, workers, received };
}

const FILES = [{ name: 'a', blob: new Blob() }];

test('starts no worker before it is needed', () => {
  expect(start().workers).toHaveLength(0);
});

test('drops answers to questions that were replaced, not those to openings', () => {
  const { analysis, workers, received } = start();
  analysis.open(FILES, 'auto');
  analysis.record(1);
  analysis.record(2);
  analysis.open(FILES, true);
  const [worker] = workers;
  for (const job of [2, 3]) worker?.answer({ is: 'absent', job });
  for (const job of [1, 4]) worker?.answer({ is: 'failed', job, failures: [] });
  worker?.answer({ is: 'failed', job: 4, failures: ['again'] });
  expect(received.map((m) => m.job)).toEqual([3, 1, 4]);
});

test('associations that come in parts are put together before anybody sees them', () => {
  const { analysis, workers, received } = start();
  const trace: TraceSummary = {
    captures: [],
    keys: { secrets: [], problems: [] },
    associations: [],
    findings: [],
    points: null,
    other: { udp: [], cutPackets: 0 },
  };
  const [a, b, c] = ['a1', 'a2', 'a3'].map((id) => ({ id }) as Association);
  if (!a || !b || !c) throw new Error('three');
  analysis.open(FILES, false);
  analysis.open(FILES, false);
  for (const associations of [[a, b], [c]]) workers[0]?.answer({ is: 'part', job: 1, associations });
  workers[0]?.answer({ is: 'opened', job: 1, trace, failures: [] });
  workers[0]?.answer({ is: 'opened', job: 2, trace, failures: [] });
  expect(received.map((m) => (m.is === 'opened' ? m.trace.associations : m.is))).toEqual([[a, b, c], []]);
});

test('cancel names every opening under way', () => {
  const { analysis, workers } = start();
  analysis.open(FILES, false);
  analysis.open(FILES, true);
  workers[0]?.answer({ is: 'failed', job: 1, failures: [] });
  analysis.cancel();
  expect(workers[0]?.sent.filter((m) => m.do === 'cancel')).toEqual([{ do: 'cancel', job: 2 }]);
});

test('a dead worker is reported once and replaced at the next question', () => {
  const { analysis, workers, received } = start();
  analysis.open(FILES, false);
  workers[0]?.onerror?.({ message: 'out of memory' } as ErrorEvent);
  workers[0]?.answer({ is: 'failed', job: 1, failures: [] });
  expect(received).toEqual([{ is: 'crashed', job: 0, report: 'out of memory' }]);
  expect(workers[0]?.terminated).toBe(true);
  analysis.open(FILES, false);
  expect(workers).toHaveLength(2);
});

import { beforeEach, expect, test } from 'vitest';
import type { Association, AssociationDetail, CaptureSummary, TraceSummary } from '../analysis/trace.ts';
import type { Analysis } from '../worker/client.ts';
import type { FromWorker, InputFile } from '../worker/protocol.ts';
import { connectAddress } from './address.ts';
import { createController } from './controller.ts';
import { useStore } from './store/store.ts';
import { EMPTY_TRACE } from './store/trace.ts';

beforeEach(() => useStore.setState(useStore.getInitialState(), true));

const association = (id: string) => ({
  id,
  outcome: 'established',
  startMs: 0,
  clientRandom: id,
  alerts: [],
  findings: [],
});
/** Each association has ten records; the first one 1 to 10, and so on. */
const recordsOf = (id: string) =>
  Array.from({ length: 10 }, (_, i) => ({ record: (Number(id.slice(1)) - 1) * 10 + i + 1 }));

/** A trace of three associations from each file; a file named .keys is one secret. */
function traceOf(files: readonly InputFile[]): TraceSummary {
  const captures = files.filter(({ name }) => name.endsWith('.pcap'));
  return {
    ...EMPTY_TRACE,
    captures: captures.map(({ name }) => ({ name, problems: [] }) as unknown as CaptureSummary),
    keys: {
      ...EMPTY_TRACE.keys,
      secrets: files.filter(({ name }) => name.endsWith('.keys')).map(({ name }) => ({ source: name })) as never,
    },
    associations: captures.flatMap(() => ['a1', 'a2', 'a3'].map((id) => association(id) as unknown as Association)),
  };
}

/** A page in a browser with one tab: its worker answers at once, its clock runs only when told to. */
function browser(hash = '') {
  const entries: { state: unknown; hash: string }[] = [{ state: null, hash }];
  let at = 0;
  let clock = 0;
  let due: { work: () => void; at: number }[] = [];
  let opened: readonly InputFile[] = [];
  const here = () => entries[at] ?? { state: null, hash: '' };
  const entry = (state: unknown, url: string) => ({ state, hash: url.startsWith('#') ? url : '' });
  const controller = createController(useStore, (receive) => {
    let jobs = 0;
    const answer = (m: FromWorker) => receive(m);
    const show = (files: readonly InputFile[]) => {
      opened = files;
      answer({ is: 'opened', job: jobs, trace: traceOf(opened), failures: [] });
    };
    const analysis: Partial<Analysis> = {
      open(files, add) {
        const job = ++jobs;
        const kept =
          add === true || (add === 'auto' && files.every(({ name }) => name.endsWith('.keys'))) ? opened : [];
        queueMicrotask(() => show([...kept, ...files]));
        return job;
      },
      association: (id) =>
        answer({
          is: 'association',
          job: 0,
          detail: { association: association(id), records: recordsOf(id) } as unknown as AssociationDetail,
        }),
      record: () => {},
      forgetKeys: () => show(opened.filter(({ name }) => !name.endsWith('.keys'))),
      close: () => show([]),
    };
    return analysis as Analysis;
  });
  const samples: string[] = [];
  const bar = connectAddress(
    useStore,
    controller,
    (id) => {
      samples.push(id);
      controller.open([file(`${id}.pcap`)], false, id);
    },
    {
      history: {
        get state() {
          return here().state;
        },
        pushState(state, _, url) {
          entries.splice(++at, entries.length, entry(state, String(url)));
        },
        replaceState(state, _, url) {
          entries[at] = entry(state, String(url));
        },
      },
      location: {
        get hash() {
          return here().hash;
        },
        pathname: '/',
        search: '',
      },
      now: () => clock,
      later: (work, ms) => due.push({ work, at: clock + ms }),
    },
  );
  const pass = async (ms: number) => {
    await Promise.resolve();
    clock += ms;
    const ripe = due.filter((one) => one.at <= clock);
    due = due.filter((one) => one.at > clock);
    for (const { work } of ripe) work();
  };
  const go = async (by: number) => {
    at += by;
    bar.follow();
    await pass(1000);
  };
  return {
    controller,
    samples,
    pass,
    entries: () => entries.map((one) => one.hash),
    address: () => here().hash,
    start: async () => {
      bar.follow();
      await pass(1000);
    },
    back: () => go(-1),
    forward: () => go(1),
    open: async (name: string, add: boolean | 'auto' = 'auto') => {
      controller.open([file(name)], add);
      await pass(1000);
    },
    type: async (typed: string) => {
      entries.splice(++at, entries.length, { state: null, hash: typed });
      bar.follow();
      await pass(1000);
    },
  };
}

const file = (name: string): InputFile => ({ name, blob: new Blob(['x']) });
const place = () => {
  const { association: a, record } = useStore.getState();
  return `${a} ${record}`;
};

test('other associations and views are places of their own; steps, filters and tabs rewrite the place', async () => {
  const { controller, open, pass, entries } = browser();
  await open('one.pcap');
  controller.step(1);
  controller.step(1);
  await pass(1000);
  expect(entries()).toEqual(['', '#~a1.r3']);
  controller.selectAssociation('a2');
  await pass(1000);
  useStore.getState().setFilter('gcm');
  useStore.getState().showSide('facts');
  await pass(1000);
  useStore.getState().showView('table');
  await pass(1000);
  controller.jump(15);
  await pass(1000);
  expect(entries()).toEqual([
    '',
    '#~a1.r3',
    '#~a2.r11.sfacts.qgcm',
    '#~a2.r11.vt.sfacts.qgcm',
    '#~a2.r15.vt.sfacts.qgcm',
  ]);
});

test('going back and forward shows each place as it was left, without a new entry', async () => {
  const { controller, open, pass, entries, back, forward } = browser();
  await open('one.pcap');
  controller.step(1);
  await pass(1000);
  controller.selectAssociation('a3');
  await pass(1000);
  const before = entries();
  await back();
  expect(place()).toBe('a1 2');
  await forward();
  expect(place()).toBe('a3 21');
  expect(entries()).toEqual(before);
});

test('a step just before a move is not lost', async () => {
  const { controller, open, back } = browser();
  await open('one.pcap');
  controller.step(1);
  controller.step(1);
  controller.selectAssociation('a2');
  await back();
  expect(place()).toBe('a1 3');
});

test('the address is rewritten at most twice a second', async () => {
  const { controller, open, pass, address } = browser();
  await open('one.pcap');
  await pass(1000);
  controller.step(1);
  await pass(0);
  expect(address()).toBe('#~a1.r2');
  controller.step(1);
  await pass(400);
  expect(address()).toBe('#~a1.r2');
  await pass(100);
  expect(address()).toBe('#~a1.r3');
});

test('a key that is held down leaves one entry, not one for each association it passes', async () => {
  const { controller, open, pass, entries } = browser();
  await open('one.pcap');
  for (const id of ['a2', 'a3', 'a2', 'a3']) {
    controller.selectAssociation(id);
    await pass(30);
  }
  await pass(1000);
  expect(entries()).toEqual(['', '#~a1.r1', '#~a3.r21']);
});

test('going back leads through the files that were open, and to the start', async () => {
  const { controller, open, pass, back, forward } = browser();
  const names = () => useStore.getState().trace.captures.map(({ name }) => name);
  await open('one.pcap');
  controller.selectAssociation('a2');
  await pass(1000);
  await open('two.pcap');
  await back();
  expect(names()).toEqual(['one.pcap']);
  expect(place()).toBe('a2 11');
  await back();
  await back();
  expect(names()).toEqual([]);
  await forward();
  await forward();
  expect(place()).toBe('a2 11');
  await forward();
  expect(names()).toEqual(['two.pcap']);
});

test('keys that were added come back with their files, unless they were forgotten', async () => {
  const { controller, open, back, forward } = browser();
  const secrets = () => useStore.getState().trace.keys.secrets.length;
  await open('one.pcap');
  await open('one.keys');
  await open('two.pcap', false);
  await back();
  expect(secrets()).toBe(1);
  controller.forgetKeys();
  await forward();
  await back();
  expect(secrets()).toBe(0);
});

test('a sample and a place in it are restored from the address', async () => {
  const { start, samples, entries } = browser('#sample=clean~a2.r15.vt.qgcm');
  await start();
  expect(samples).toEqual(['clean']);
  expect(place()).toBe('a2 15');
  expect(useStore.getState()).toMatchObject({ view: 'table', filter: 'gcm', sample: 'clean' });
  expect(entries()).toEqual(['#sample=clean~a2.r15.vt.qgcm']);
});

test('without a sample the place waits for its capture, and the address with it', async () => {
  const { start, open, address, entries } = browser('#~a2.r15');
  await start();
  expect(useStore.getState().wanted).toMatchObject({ association: 'a2', record: 15 });
  await open('one.keys');
  expect(address()).toBe('#~a2.r15');
  await open('one.pcap');
  expect(place()).toBe('a2 15');
  expect(useStore.getState().wanted).toBeNull();
  expect(entries()).toEqual(['#~a2.r15']);
});

test('a typed address belongs to what is open', async () => {
  const { open, type } = browser();
  await open('one.pcap');
  await type('#~a3.r25.vd');
  expect(place()).toBe('a3 25');
  expect(useStore.getState().view).toBe('data');
});

test('what the trace does not have is said, and something else is shown', async () => {
  const { open, type } = browser();
  await open('one.pcap');
  await type('#~a77.r5');
  expect(place()).toBe('a1 1');
  expect(useStore.getState().notices[0]?.text).toBe('The address names association 77, but there are 3 here.');
  await type('#~a2.r5');
  expect(place()).toBe('a2 11');
});

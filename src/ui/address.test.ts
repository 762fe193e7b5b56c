import { beforeEach, expect, test } from 'vitest';
import type { Association, AssociationDetail, CaptureSummary, TraceSummary } from '../analysis/trace.ts';
import type { Analysis } from '../worker/client.ts';
import type { FromWorker, InputFile } from '../worker/protocol.ts';
import type { SharedFacts } from '../worker/sharing-protocol.ts';
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
  let digest = '';
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
        const [first] = files;
        if (first?.name === 'the link') {
          void first.blob.text().then((text) => {
            if (text.includes('bad')) answer({ is: 'failed', job, failures: ['This link is damaged.'] });
            else answer({ is: 'opened', job, trace: sharedTrace(), failures: [], shared: factsOf(text) });
          });
          return job;
        }
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
      sharing() {
        const job = ++jobs;
        queueMicrotask(() => answer({ is: 'sharing', job, answer: { kind: 'digest', digest } }));
        return job;
      },
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
    answerDigest: (next: string) => {
      digest = next;
    },
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

const sharedTrace = () => traceOf([file('shared trace.pcap')]);
const factsOf = (text: string) => ({ id: text, file: 'the link', notes: [] }) as unknown as SharedFacts;
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

test('moves of different kinds are two, however fast they follow each other', async () => {
  const { controller, open, pass, entries } = browser();
  await open('one.pcap');
  await pass(1000);
  controller.selectAssociation('a2');
  await pass(30);
  useStore.getState().showView('table');
  await pass(1000);
  expect(entries().slice(-2)).toEqual(['#~a2.r11', '#~a2.r11.vt']);
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

const CARRIED = '1d.aBc-_9';
/** The text of a link is read before it is answered. */
const settled = async (pass: (ms: number) => Promise<void>) => {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  await pass(1000);
};

test('a link in the address opens at its place, and stays in the address', async () => {
  const { start, pass, entries, controller } = browser(`#${CARRIED}~a2.r15.vt`);
  await start();
  await settled(pass);
  expect(place()).toBe('a2 15');
  expect(useStore.getState()).toMatchObject({ view: 'table', link: { head: CARRIED }, shared: { file: 'the link' } });
  controller.step(1);
  await pass(1000);
  expect(entries()).toEqual([`#${CARRIED}~a2.r16.vt`]);
});

test('a damaged link leaves what is open, and the address says so again', async () => {
  const { open, type, pass, address } = browser();
  await open('one.pcap');
  await type('#1d.bad~a3.r25');
  await settled(pass);
  expect(place()).toBe('a1 1');
  expect(useStore.getState().notices.map(({ text }) => text)).toEqual(['This link is damaged.']);
  expect(useStore.getState().wanted).toBeNull();
  expect(address()).toBe('#~a1.r1');
});

test('a damaged link on an empty page stays in the address, for a reload', async () => {
  const { start, pass, address } = browser('#1d.bad~a3.r25');
  await start();
  await settled(pass);
  expect(address()).toBe('#1d.bad~a3.r25');
  expect(useStore.getState().trace.captures).toEqual([]);
});

test('going back from a link leads to the file that was open, and forward to the link', async () => {
  const { open, type, pass, back, forward } = browser();
  await open('one.pcap');
  await type(`#${CARRIED}~a3.r25`);
  await settled(pass);
  expect(place()).toBe('a3 25');
  await back();
  expect(useStore.getState()).toMatchObject({ shared: null, link: null });
  expect(useStore.getState().trace.captures.map(({ name }) => name)).toEqual(['one.pcap']);
  await forward();
  await settled(pass);
  expect(useStore.getState()).toMatchObject({ link: { head: CARRIED }, association: 'a3' });
});

test('a link that was made of what is open keeps the place in its own numbers', async () => {
  const { open, pass, address, controller } = browser();
  await open('one.pcap');
  controller.selectAssociation('a2');
  const numbers = {
    associations: [['a2', 'a1']],
    records: [
      [11, 1],
      [12, 2],
    ],
  } as const;
  await pass(1000);
  controller.step(1);
  controller.step(-1);
  useStore.getState().keepLink({ head: CARRIED, numbers });
  // At once, although the address was written a moment ago.
  expect(address()).toBe(`#${CARRIED}~a1.r1`);
  controller.step(1);
  await pass(1000);
  expect(address()).toBe(`#${CARRIED}~a1.r2`);
  controller.step(1);
  await pass(1000);
  expect(address()).toBe(`#${CARRIED}~a1`);
});

test('a very long link is not written again for every step', async () => {
  const long = `1d.${'A'.repeat(60_000)}`;
  const { start, pass, address, controller } = browser(`#${long}~a2.r15`);
  await start();
  await settled(pass);
  expect(place()).toBe('a2 15');
  controller.step(1);
  await pass(1000);
  expect(address()).toBe(`#${long}~a2.r15`);
});

test('a link for those who have the capture waits for it', async () => {
  const { start, open, pass, answerDigest } = browser('#1r.AAAAAAAAAAAAAAAAAAAAAA~a2.r15');
  await start();
  expect(useStore.getState().needed).toMatchObject({ digest: 'AAAAAAAAAAAAAAAAAAAAAA' });
  answerDigest('BBBBBBBBBBBBBBBBBBBBBB');
  await open('other.pcap');
  await settled(pass);
  expect(place()).toBe('a1 1');
  expect(useStore.getState().notices[0]?.text).toMatch(/made for another capture/);
  answerDigest('AAAAAAAAAAAAAAAAAAAAAA');
  await open('right.pcap');
  await settled(pass);
  expect(place()).toBe('a2 15');
  expect(useStore.getState().needed).toBeNull();
});

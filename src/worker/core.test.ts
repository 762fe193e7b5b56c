import { expect, test } from 'vitest';
import { earlyAssociation } from '../../test/early-association.ts';
import { openSession } from '../../test/open-session.ts';
import { listedTrace } from '../analysis/listed-association.ts';
import type { SessionProgress } from '../analysis/progress.ts';
import type { TraceSummary } from '../analysis/trace.ts';
import type { CaptureSource } from '../capture/datagram.ts';
import type { AnalysisSession } from './analysis-session.ts';
import { WorkerCore } from './core.ts';
import type { FromWorker, InputFile } from './protocol.ts';

const EMPTY: TraceSummary = {
  captures: [],
  keys: { secrets: [], problems: [] },
  associations: [],
  findings: [],
  points: null,
  other: { udp: [], cutPackets: 0 },
};

type Open = AnalysisSession['open'];

function session(parts: Partial<AnalysisSession>): AnalysisSession {
  const it: AnalysisSession = {
    open: async () => ({ ok: true, cancelled: false, failures: [] }),
    trace: () => EMPTY,
    overview: () => it.trace(),
    ids: () => it.trace().associations.map(({ id }) => id),
    findings: () => it.trace().findings,
    reading: () => [],
    diagnosing: () => [],
    fork: () => it,
    adopt: () => {},
    shown: () => null,
    alone: () => null,
    record: () => null,
    applicationData: () => null,
    find: () => 'none',
    srtpKeys: () => 'none',
    addPsk: () => null,
    addPrivateKey: () => ({ kind: 'added', message: null }),
    forcePorts: () => {},
    forgetKeys: () => {},
    close: () => {},
    ...parts,
  };
  return it;
}

function progressAt(bytesRead: number, parts: Partial<SessionProgress> = {}): SessionProgress {
  const nothing = { packets: 0, datagrams: 0, associations: 0, early: () => [] };
  return { file: 'a', bytesRead, bytesTotal: 1000, ...nothing, ...parts };
}

function core(parts: Partial<AnalysisSession>, now: () => number = () => 0) {
  const posted: FromWorker[] = [];
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { posted, core: new WorkerCore(session(parts), (m) => posted.push(m), { now, pause }) };
}

function file(name: string, bytes = 10): InputFile {
  return { name, blob: new Blob([new Uint8Array(bytes)]) };
}

const row = (index: number) => earlyAssociation(index + 1);

async function drain(source: CaptureSource): Promise<number> {
  let bytes = 0;
  for await (const chunk of source.chunks()) bytes += chunk.length;
  return bytes;
}

test('opens files in pieces and answers with the trace and the failures', async () => {
  let read = 0;
  const open: Open = async (files) => {
    for (const source of files) read += await drain(source);
    return { ok: true, cancelled: false, failures: ['b.txt is no capture.'] };
  };
  const { posted, core: worker } = core({ open });
  await worker.receive({ do: 'open', job: 1, files: [file('a.pcap', 3 << 20), file('b.txt', 7)], add: 'auto' });
  expect(read).toBe((3 << 20) + 7);
  expect(posted).toEqual([{ is: 'opened', job: 1, trace: EMPTY, failures: ['b.txt is no capture.'] }]);
});

test('says failed where nothing was usable', async () => {
  const { posted, core: worker } = core({ open: async () => ({ ok: false, cancelled: false, failures: ['No.'] }) });
  await worker.receive({ do: 'open', job: 4, files: [file('a')], add: false });
  expect(posted).toEqual([{ is: 'failed', job: 4, failures: ['No.'] }]);
});

test('posts progress at most ten times a second', async () => {
  let now = 0;
  const open: Open = async (_, { progress }) => {
    for (; now < 1000; now += 10) progress?.(progressAt(now));
    return { ok: true, cancelled: false, failures: [] };
  };
  const { posted, core: worker } = core({ open }, () => now);
  await worker.receive({ do: 'open', job: 1, files: [file('a')], add: false });
  expect(posted.filter((m) => m.is === 'progress')).toHaveLength(10);
});

test('hears a cancel while it reads, because reading pauses', async () => {
  let clock = 0;
  const open: Open = async ([source], { cancelled }) => {
    if (source)
      for await (const _ of source.chunks()) if (cancelled?.()) return { ok: false, cancelled: true, failures: [] };
    return { ok: true, cancelled: false, failures: [] };
  };
  const { posted, core: worker } = core({ open }, () => (clock += 40));
  const opening = worker.receive({ do: 'open', job: 1, files: [file('a', 64 << 20)], add: false });
  setTimeout(() => void worker.receive({ do: 'cancel', job: 1 }), 5);
  await opening;
  expect(posted).toEqual([{ is: 'cancelled', job: 1 }]);
});

test('associations are told while it reads, once that has lasted', async () => {
  let now = 0;
  const early = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => row(from + i));
  const open: Open = async (_, { progress }) => {
    for (; now < 400; now += 100) progress?.(progressAt(now, { associations: now / 100 + 2, early }));
    return { ok: true, cancelled: false, failures: [] };
  };
  const { posted, core: worker } = core({ open }, () => now);
  await worker.receive({ do: 'open', job: 1, files: [file('a')], add: false });
  const told = posted.flatMap((m) => (m.is === 'progress' ? [m] : []));
  expect(told.map((m) => m.associations)).toEqual([2, 3, 4, 5]);
  expect(told.map((m) => m.early.map(({ from, rows }) => `${from}+${rows.length}`))).toEqual([
    [],
    [],
    ['0+4'],
    ['4+1', '0+4'],
  ]);
});

test('the analysis tells how far it is, hears a cancel, and then what was open stays', async () => {
  let clock = 0;
  let cancel: (() => void) | null = null;
  const taken: AnalysisSession[] = [];
  function* diagnosing() {
    for (let done = 1; done <= 100; done++) {
      if (done === 50) cancel?.();
      yield { what: 'associations' as const, done, total: 100 };
    }
  }
  const fork = session({ diagnosing });
  const { posted, core: worker } = core({ fork: () => fork, adopt: (it) => taken.push(it) }, () => (clock += 20));
  cancel = () => setImmediate(() => void worker.receive({ do: 'cancel', job: 1 }));
  await worker.receive({ do: 'open', job: 1, files: [file('a')], add: false });
  expect(posted.at(-1)).toEqual({ is: 'cancelled', job: 1 });
  const told = posted.flatMap((m) => (m.is === 'analysing' ? [m.progress.done] : []));
  expect(told.length).toBeGreaterThan(0);
  expect(told.at(-1)).toBeLessThan(60);
  expect(taken).toEqual([]);
  cancel = null;
  await worker.receive({ do: 'open', job: 2, files: [file('a')], add: false });
  expect(posted.at(-1)).toMatchObject({ is: 'opened', job: 2 });
  expect(taken).toEqual([fork]);
});

test('very many associations come in parts, as rows of the list, ahead of their trace', async () => {
  const whole = (await openSession('openssl-psk-aes128-ccm8.pcap')).trace();
  const associations = Array.from({ length: 650 }, (_, i) =>
    whole.associations.map((association) => ({ ...association, id: `a${i + 1}` })),
  ).flat();
  const diagnosing: AnalysisSession['diagnosing'] = (take) =>
    associations.map((association, i) => {
      take?.(association);
      return { what: 'associations', done: i + 1, total: associations.length };
    });
  const { posted, core: worker } = core({ ids: () => associations.map(({ id }) => id), diagnosing });
  await worker.receive({ do: 'open', job: 1, files: [file('a')], add: false });
  expect(posted.map((m) => (m.is === 'part' ? m.associations.length : m.is))).toEqual([200, 200, 200, 50, 'opened']);
  expect(posted.flatMap((m) => (m.is === 'part' ? m.associations : []))).toEqual(
    listedTrace({ ...whole, associations }).associations,
  );
  expect(posted.at(-1)).toMatchObject({ trace: { associations: [] } });
});

test('keys are forgotten after what is being read, not in the middle of it', async () => {
  const done: string[] = [];
  const open: Open = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push('read');
    return { ok: true, cancelled: false, failures: [] };
  };
  const { core: worker } = core({ open, forgetKeys: () => done.push('forgotten') });
  const opening = worker.receive({ do: 'open', job: 1, files: [file('a')], add: false });
  await Promise.all([opening, worker.receive({ do: 'forgetKeys', job: 2 })]);
  expect(done).toEqual(['read', 'forgotten']);
});

test('a cancelled opening that still waits is never started, and others go on', async () => {
  const opened: string[] = [];
  const open: Open = async (files) => {
    for (const source of files) opened.push(source.name);
    return { ok: true, cancelled: false, failures: [] };
  };
  const { posted, core: worker } = core({ open });
  const all = [
    worker.receive({ do: 'open', job: 1, files: [file('first')], add: false }),
    worker.receive({ do: 'open', job: 2, files: [file('second')], add: false }),
    worker.receive({ do: 'cancel', job: 2 }),
    worker.receive({ do: 'open', job: 3, files: [file('third')], add: true }),
  ];
  await Promise.all(all);
  expect(opened).toEqual(['first', 'third']);
  expect(posted.map((m) => `${m.is} ${m.job}`)).toEqual(['opened 1', 'cancelled 2', 'opened 3']);
});

test('a bug becomes one crashed message, and the next job works', async () => {
  const broken = () => {
    throw new RangeError('no such column');
  };
  const { posted, core: worker } = core({ record: broken, open: async () => Promise.reject(new Error('odd')) });
  await worker.receive({ do: 'record', job: 1, record: 3 });
  await worker.receive({ do: 'open', job: 2, files: [file('a')], add: false });
  await worker.receive({ do: 'forgetKeys', job: 3 });
  expect(posted.map((m) => `${m.is} ${m.job}`)).toEqual(['crashed 1', 'crashed 2', 'opened 3']);
  expect(posted[0]).toMatchObject({ report: expect.stringContaining('RangeError: no such column') });
});

test('what does not exist is absent', async () => {
  const { posted, core: worker } = core({});
  await worker.receive({ do: 'association', job: 1, id: 'a9', around: null });
  await worker.receive({ do: 'record', job: 2, record: 9 });
  expect(posted).toEqual([
    { is: 'absent', job: 1 },
    { is: 'absent', job: 2 },
  ]);
});

test('a private key in PEM is no capture: it goes to the keys, and what is encrypted asks for its password', async () => {
  const pem = (name: string, label: string) => ({
    name,
    blob: new Blob([`-----BEGIN ${label}-----\nMIIB\n-----END ${label}-----\n`]),
  });
  const opened: string[] = [];
  const open: Open = async (files) => {
    for (const source of files) opened.push(source.name);
    return { ok: true, cancelled: false, failures: [] };
  };
  const addPrivateKey: AnalysisSession['addPrivateKey'] = (_, name, password) => {
    if (name === 'locked.pem' && password !== 'open sesame') return { kind: 'needsPassword', message: 'Password?' };
    return name === 'cert.pem' ? { kind: 'unusable', message: 'That is public.' } : { kind: 'added', message: null };
  };
  const { posted, core: worker } = core({ open, addPrivateKey });
  const locked = pem('locked.pem', 'ENCRYPTED PRIVATE KEY');
  const files = [pem('key.pem', 'PRIVATE KEY'), file('a.pcap'), locked, pem('cert.pem', 'CERTIFICATE')];
  await worker.receive({ do: 'open', job: 1, files, add: 'auto' });
  expect(opened).toEqual(['a.pcap']);
  expect(posted).toEqual([
    { is: 'needsPassword', job: 1, file: locked, message: 'Password?' },
    { is: 'opened', job: 1, trace: EMPTY, failures: ['That is public.'] },
  ]);
  posted.length = 0;
  await worker.receive({ do: 'addPrivateKey', job: 2, file: locked, password: 'no' });
  await worker.receive({ do: 'addPrivateKey', job: 3, file: locked, password: 'open sesame' });
  expect(posted.map((m) => `${m.is} ${m.job}`)).toEqual(['needsPassword 2', 'failed 2', 'opened 3']);
});

test('a pre-shared key given as text reaches the session as hex, so that = may be part of it', async () => {
  const given: string[] = [];
  const addPsk: AnalysisSession['addPsk'] = (text) => {
    given.push(text);
    return text.endsWith('xyz') ? 'No hex.' : null;
  };
  const { posted, core: worker } = core({ addPsk });
  await worker.receive({ do: 'addPsk', job: 1, identity: 'a=b', key: '=1', text: true });
  await worker.receive({ do: 'addPsk', job: 2, identity: '', key: '0a0b', text: false });
  await worker.receive({ do: 'addPsk', job: 3, identity: '', key: 'xyz', text: false });
  expect(given).toEqual(['a=b=3d31', '0a0b', 'xyz']);
  expect(posted.map((m) => m.is)).toEqual(['opened', 'opened', 'failed']);
});

test('forcing a port reads the files once more, instead of what was open', async () => {
  const done: string[] = [];
  const open: Open = async (files, { add }) => {
    done.push(`open ${files.map(({ name }) => name).join('+')} ${add}`);
    return { ok: true, cancelled: false, failures: [] };
  };
  const forcePorts = (ports: Iterable<number>) => done.push(`ports ${[...ports].join('+')}`);
  const { posted, core: worker } = core({ open, forcePorts });
  await worker.receive({ do: 'forcePorts', job: 1, ports: [5684], files: [file('a.pcap'), file('a.keys')] });
  await worker.receive({ do: 'forcePorts', job: 2, ports: [], files: [] });
  expect(done).toEqual(['ports 5684', 'open a.pcap+a.keys false', 'ports ']);
  expect(posted.map((m) => m.is)).toEqual(['opened', 'opened']);
});

test('SRTP keys are answered for the association that was asked about', async () => {
  const keys = { profile: 'p', client: { key: '00', salt: '01' }, server: { key: '02', salt: '03' } };
  const { posted, core: worker } = core({ srtpKeys: (id) => (id === 'a1' ? keys : 'nothing') });
  await worker.receive({ do: 'srtpKeys', job: 7, id: 'a1' });
  expect(posted).toEqual([{ is: 'srtpKeys', job: 7, id: 'a1', keys }]);
});

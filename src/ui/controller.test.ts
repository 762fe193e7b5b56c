import { beforeEach, expect, test } from 'vitest';
import { earlyAssociation } from '../../test/early-association.ts';
import type { Association, AssociationDetail, CaptureSummary, RecordDetail, TraceSummary } from '../analysis/trace.ts';
import type { FromWorker } from '../worker/protocol.ts';
import { CRASHED, createController } from './controller.ts';
import { captureProblems, shownAssociations, waitingSecrets } from './store/selectors.ts';
import { useStore } from './store/store.ts';

beforeEach(() => useStore.setState(useStore.getInitialState(), true));

/** A controller whose worker answers only when the test says so. */
function start() {
  const asked: string[] = [];
  let jobs = 0;
  let receive: (m: FromWorker) => void = () => {};
  const controller = createController(useStore, (to) => {
    receive = to;
    return {
      open: (files, add) => {
        asked.push(`open ${files.map((f) => f.name).join('+')} ${add}`);
        return ++jobs;
      },
      cancel: () => asked.push('cancel'),
      association: (id) => asked.push(`association ${id}`),
      alone: (id) => asked.push(`alone ${id}`),
      record: (record) => asked.push(`record ${record}`),
      applicationData: (id) => asked.push(`data ${id}`),
      find: (sought) => asked.push(`find ${JSON.stringify(sought)}`),
      srtpKeys: (id) => asked.push(`srtp ${id}`),
      addPsk: ({ identity, key }) => {
        asked.push(`psk ${identity}=${key}`);
        return ++jobs;
      },
      addPrivateKey: (file, password) => {
        asked.push(`key ${file.name} ${password}`);
        return ++jobs;
      },
      forcePorts: (ports, given) => {
        asked.push(`ports ${ports.join('+')} ${given.map((f) => f.name).join('+')}`);
        return ++jobs;
      },
      write: () => asked.push('write'),
      sharing: ({ ask }) => {
        asked.push(`sharing ${ask}`);
        return ++jobs;
      },
      dropSharing: (job) => asked.push(`drop ${job}`),
      forgetKeys: () => asked.push('forgetKeys'),
      close: () => asked.push('close'),
      warm: () => asked.push('warm'),
    };
  });
  return { controller, asked, answer: (m: FromWorker) => receive(m) };
}

function association(id: string, outcome: Association['outcome'] = 'established'): Association {
  return {
    id,
    outcome,
    startMs: 0,
    clientRandom: id,
    alerts: [],
    findings: [],
    version: null,
  } as unknown as Association;
}

function trace(names: readonly string[], associations: readonly Association[], secrets = 0): TraceSummary {
  const captures = names.map((name) => ({ name, problems: [] }) as unknown as CaptureSummary);
  const secret = { source: 'k.keys:1' } as TraceSummary['keys']['secrets'][number];
  return {
    captures,
    keys: { secrets: new Array(secrets).fill(secret), problems: [] },
    associations,
    findings: [],
    points: null,
    other: { udp: [], cutPackets: 0 },
  };
}

const detail = (id: string, records: readonly number[]) =>
  ({
    association: association(id),
    messages: [],
    records: records.map((record) => ({ record })),
  }) as unknown as AssociationDetail;
const files = (...names: string[]) => names.map((name) => ({ name, blob: new Blob(['x']) }));

test('opening shows the first failed association and the first record of it', () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  expect(useStore.getState().loading).toMatchObject({ file: 'a.pcap', bytesTotal: 1 });
  answer({
    is: 'opened',
    job: 1,
    trace: trace(['a.pcap'], [association('a1'), association('a2', 'failed')]),
    failures: [],
  });
  answer({ is: 'association', job: 2, detail: detail('a2', [5, 6]) });
  expect(asked).toEqual(['open a.pcap auto', 'association a2', 'record 5']);
  expect(useStore.getState()).toMatchObject({ loading: null, association: 'a2', record: 5 });
});

test('the record that shows the headline comes first, and nothing counts as still to come until the reader moves', () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1')]), failures: [] });
  const shown = detail('a1', [5, 6, 7]);
  const headline = { headline: true, severity: 'failure', evidence: [{ record: null }, { record: 6 }] };
  answer({
    is: 'association',
    job: 2,
    detail: { ...shown, association: { ...shown.association, findings: [headline] } } as unknown as AssociationDetail,
  });
  expect(useStore.getState()).toMatchObject({ record: 6, untouched: true });
  controller.selectRecord(7);
  expect(useStore.getState().untouched).toBe(false);
});

test('keys that are added leave the reader where he is', () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1'), association('a2')]), failures: [] });
  controller.selectAssociation('a2');
  controller.selectRecord(9);
  controller.open(files('k.keys'));
  asked.length = 0;
  answer({ is: 'opened', job: 2, trace: trace(['a.pcap'], [association('a1'), association('a2')], 1), failures: [] });
  expect(asked).toEqual(['association a2', 'record 9']);
  expect(useStore.getState()).toMatchObject({ association: 'a2', record: 9 });
  expect(useStore.getState().files.map((f) => f.name)).toEqual(['a.pcap', 'k.keys']);
});

test('a capture that replaces the old one starts anew', () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1')]), failures: [] });
  controller.selectRecord(9);
  controller.open(files('b.pcap'));
  answer({ is: 'opened', job: 2, trace: trace(['b.pcap'], [association('a1')]), failures: [] });
  expect(useStore.getState()).toMatchObject({ association: 'a1', record: null });
  expect(useStore.getState().files.map((f) => f.name)).toEqual(['b.pcap']);
});

test('a failure is said and what is open stays', () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  const opened = trace(['a.pcap'], [association('a1')]);
  answer({ is: 'opened', job: 1, trace: opened, failures: [] });
  controller.open(files('b.zip'));
  answer({ is: 'failed', job: 2, failures: ['b.zip is a zip archive. Unpack it first.'] });
  const { trace: now, notices, loading } = useStore.getState();
  expect(now).toBe(opened);
  expect(loading).toBeNull();
  expect(notices.map((n) => n.text)).toEqual(['b.zip is a zip archive. Unpack it first.']);
  useStore.getState().dismiss(notices[0]?.id ?? 0);
  expect(useStore.getState().notices).toEqual([]);
});

test('after a crash the same files can be opened again', () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1')]), failures: [] });
  answer({ is: 'crashed', job: 0, report: 'RangeError' });
  expect(useStore.getState().notices).toMatchObject([{ text: CRASHED, report: 'RangeError' }]);
  expect(useStore.getState().trace.captures).toHaveLength(1);
  controller.reload();
  expect(asked.at(-1)).toBe('open a.pcap false');
  answer({ is: 'crashed', job: 0, report: 'RangeError' });
  controller.open(files('b.pcap'));
  answer({ is: 'crashed', job: 0, report: 'RangeError' });
  controller.reload();
  expect(asked.at(-1)).toBe('open a.pcap+b.pcap false');
});

test('late answers about something else are ignored', () => {
  const { controller, answer } = start();
  controller.selectAssociation('a1');
  controller.selectAssociation('a2');
  answer({ is: 'association', job: 1, detail: detail('a1', [1]) });
  expect(useStore.getState().detail).toBeNull();
  controller.selectRecord(4);
  answer({ is: 'record', job: 3, detail: { record: { record: 3 }, buffers: [] } as unknown as RecordDetail });
  expect(useStore.getState().recordDetail).toBeNull();
});

test('stepping goes through the records and stops at both ends', () => {
  const { controller, answer } = start();
  controller.selectAssociation('a1');
  answer({ is: 'association', job: 1, detail: detail('a1', [5, 7]) });
  controller.step(1);
  controller.step(1);
  expect(useStore.getState().record).toBe(7);
  controller.step(-1);
  expect(useStore.getState().record).toBe(5);
});

test('key logs without a capture wait', () => {
  useStore.setState({ trace: trace([], [], 3) });
  expect(waitingSecrets(useStore.getState())).toBe(3);
  useStore.setState({ trace: trace(['a'], [], 3) });
  expect(waitingSecrets(useStore.getState())).toBe(0);
});

test('the shown associations are computed once per change', () => {
  useStore.setState({
    trace: trace(['a'], [association('a1'), association('a2', 'failed')]),
    sort: { key: 'order', descending: true },
  });
  const first = shownAssociations(useStore.getState());
  expect(first.map((a) => a.id)).toEqual(['a2', 'a1']);
  useStore.setState({ record: 3 });
  expect(shownAssociations(useStore.getState())).toBe(first);
});

test('problems name their file only where there are several', () => {
  const capture = (name: string) =>
    ({ name, problems: [{ packet: 42, offset: 9, message: 'It ends.' }] }) as unknown as CaptureSummary;
  expect(captureProblems([capture('a')])).toEqual(['It ends.']);
  expect(captureProblems([capture('a'), capture('b')])).toEqual(['a: It ends.', 'b: It ends.']);
});

test('a key that is wrong says so and leaves the form as it is', async () => {
  const { controller, asked, answer } = start();
  const added = controller.addPsk({ identity: 'me', key: 'xyz', text: false });
  answer({ is: 'failed', job: 1, failures: ['The pre-shared key is not hexadecimal.'] });
  expect(await added).toBe(false);
  expect(asked).toEqual(['psk me=xyz']);
  expect(useStore.getState().notices).toMatchObject([{ text: 'The pre-shared key is not hexadecimal.' }]);
});

test('an encrypted private key opens the panel that asks for its password, until it is open', async () => {
  const { controller, answer } = start();
  const [key] = files('locked.pem');
  if (!key) return;
  controller.open([key]);
  answer({ is: 'needsPassword', job: 1, file: key, message: 'It needs a password.' });
  answer({ is: 'failed', job: 1, failures: [] });
  expect(useStore.getState()).toMatchObject({ panel: 'keys', locked: [{ file: key }], loading: null });
  const added = controller.addPrivateKey(key, 'open sesame');
  const opened = trace(['a.pcap'], []);
  const secrets = [{ source: 'locked.pem' } as TraceSummary['keys']['secrets'][number]];
  answer({ is: 'opened', job: 2, trace: { ...opened, keys: { secrets, problems: [] } }, failures: [] });
  expect(await added).toBe(true);
  expect(useStore.getState()).toMatchObject({ locked: [], files: [key] });
});

test('a forced port reads the same files again; the record that was selected is found by its place', async () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1')]), failures: [] });
  const at = (record: number, packet: number) => ({ record, packet, capture: 0, inDatagram: 1 });
  const known = (id: string, records: readonly object[]) => ({ ...detail(id, []), records }) as AssociationDetail;
  answer({ is: 'association', job: 2, detail: known('a1', [at(1, 7), at(2, 8)]) });
  controller.selectRecord(2);
  const forced = controller.forcePorts([5684]);
  const moved = { ...association('a2'), clientRandom: 'a1' };
  answer({ is: 'opened', job: 2, trace: trace(['a.pcap'], [association('new'), moved]), failures: [] });
  answer({ is: 'association', job: 3, detail: known('a2', [at(11, 7), at(12, 8)]) });
  expect(await forced).toBe(true);
  expect(asked).toContain('ports 5684 a.pcap');
  expect(useStore.getState()).toMatchObject({ association: 'a2', record: 12, ports: [5684] });
});

test('a record of another association is jumped to there', async () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1'), association('a2')]), failures: [] });
  answer({ is: 'association', job: 2, detail: detail('a1', [1, 2]) });
  controller.jump(7);
  expect(asked.at(-1)).toBe('find {"by":"record","record":7}');
  expect(useStore.getState()).toMatchObject({ association: 'a1', record: 1 });
  answer({ is: 'found', job: 3, found: { association: 'a2', record: 7 } });
  await Promise.resolve();
  expect(useStore.getState()).toMatchObject({ association: 'a2', record: 7 });
});

test('a second capture point joins: the selected record is found where it arrives', async () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [association('a1')]), failures: [] });
  const at = (record: number, packet: number, capture = 0, arrival: object | null = null) => ({
    ...{ record, packet, capture, arrival, inDatagram: 1 },
  });
  const known = (records: readonly object[]) => ({ ...detail('a1', []), records }) as AssociationDetail;
  answer({ is: 'association', job: 2, detail: known([at(1, 7), at(2, 8)]) });
  controller.selectRecord(2);
  controller.open(files('b.pcap'));
  answer({ is: 'opened', job: 2, trace: trace(['a.pcap', 'b.pcap'], [association('a1')]), failures: [] });
  const arrives = { capture: 0, packet: 8 };
  answer({ is: 'association', job: 3, detail: known([at(1, 7), at(2, 20, 1), at(3, 21, 1, arrives)]) });
  expect(useStore.getState()).toMatchObject({ association: 'a1', record: 3 });
});

test('an answer about sharing that is not wanted any more is null, and the worker hears of it', async () => {
  const { controller, asked, answer } = start();
  const stop = new AbortController();
  const wanted = controller.sharing({ ask: 'digest' });
  const dropped = controller.sharing({ ask: 'digest' }, stop.signal);
  stop.abort();
  answer({ is: 'sharing', job: 1, answer: { kind: 'digest', digest: 'abc' } });
  expect(await dropped).toBeNull();
  expect(await wanted).toEqual({ kind: 'digest', digest: 'abc' });
  expect(asked).toEqual(['sharing digest', 'sharing digest', 'drop 2']);
});

const early = (number: number) => earlyAssociation(number);

const whole = (number: number, outcome: Association['outcome'] = 'established'): Association => ({
  ...association(`a${number}`, outcome),
  client: early(number).client,
  server: early(number).server,
});

const progress = (job: number, ...numbers: readonly number[]): FromWorker => ({
  is: 'progress',
  job,
  file: 'a.pcap',
  bytesRead: 1,
  bytesTotal: 2,
  packets: 3,
  datagrams: 3,
  associations: numbers.length,
  early: [{ from: 0, rows: numbers.map(early) }],
});

test('what is chosen while a capture is read is shown once it is analysed, before what failed', () => {
  const { controller, asked, answer } = start();
  controller.open(files('a.pcap'));
  answer(progress(1, 1, 2, 3));
  expect(useStore.getState().early.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3']);
  useStore.getState().awaitAssociation(early(3));
  answer({ is: 'analysing', job: 1, progress: { what: 'associations', done: 1, total: 3 } });
  expect(useStore.getState().loading).toMatchObject({ file: 'a.pcap', analysis: { done: 1 } });
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [whole(1), whole(2, 'failed'), whole(3)]), failures: [] });
  expect(asked.at(-1)).toBe('association a3');
  expect(useStore.getState()).toMatchObject({ association: 'a3', awaited: null, early: [], loading: null });
});

test('rows of what was given up go, and what was open stays', () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  answer({ is: 'opened', job: 1, trace: trace(['a.pcap'], [whole(7)]), failures: [] });
  controller.open(files('b.pcap'));
  answer(progress(2, 1, 2));
  answer({ is: 'cancelled', job: 2 });
  expect(useStore.getState()).toMatchObject({ association: 'a7', early: [], loading: null });
});

test('the list is what a narrow screen shows while the first capture is read, if there is more than one row', () => {
  const { controller, answer } = start();
  controller.open(files('a.pcap'));
  answer(progress(1, 1));
  expect(useStore.getState().zone).toBe('diagram');
  answer(progress(1, 1, 2));
  expect(useStore.getState().zone).toBe('list');
});

test('closing gives up what is still read', () => {
  const { controller, asked } = start();
  controller.open(files('a.pcap'));
  controller.close();
  expect(asked.slice(-2)).toEqual(['cancel', 'close']);
});

/** The worker opens what was shared, and makes it: one thread, a real session, real captures. */
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../test/captures.ts';
import { Session } from '../analysis/session.ts';
import { hash } from '../crypto/hashes.ts';
import { toBase64url } from '../share/base64url.ts';
import { LEAST, type ShareChoices } from '../share/choices.ts';
import { openTraceFile } from '../share/trace-file.ts';
import { WorkerCore } from './core.ts';
import type { FromWorker, InputFile } from './protocol.ts';
import { Sharing } from './sharing.ts';
import type { SharePreview, SharingQuestion } from './sharing-protocol.ts';

const LOSS = 'openssl-loss-final-flight-x3.client.pcap';
const LOSS_KEYS = 'openssl-loss-final-flight-x3.keys';
const NOTE = {
  id: 'n1',
  anchor: { on: 'record', at: { capture: 0, packet: 9, record: 1 } },
  to: null,
  text: 'Sent again by 127.0.0.1:21062',
  shape: 'square',
  judgement: null,
  author: '',
} as const;

const file = (name: string): InputFile => ({ name, blob: new Blob([new Uint8Array(bytesOf(name))]) });
const link = (text: string): InputFile => ({ name: 'the link', blob: new Blob([text]) });
const choices = (more: Partial<ShareChoices> = {}): ShareChoices => ({
  ...LEAST,
  title: 'A title',
  associations: null,
  notes: [],
  ...more,
});

function worker() {
  const posted: FromWorker[] = [];
  const session = new Session();
  const sharing = new Sharing(session);
  const core = new WorkerCore(session, (m) => posted.push(m), {
    openShared: (one, cancelled) => sharing.open(one, cancelled),
    share: (question, cancelled) => sharing.answer(question, cancelled),
  });
  let jobs = 0;
  const last = () => {
    const message = posted.at(-1);
    if (!message) throw new Error('nothing was posted');
    return message;
  };
  return {
    session,
    core,
    posted,
    open: async (...files: readonly InputFile[]) => {
      await core.receive({ do: 'open', job: ++jobs, files, add: 'auto' });
      return last();
    },
    ask: async (question: SharingQuestion) => {
      await core.receive({ do: 'sharing', job: ++jobs, question });
      const message = last();
      if (message.is !== 'sharing') throw new Error(message.is);
      return message.answer;
    },
    preview: async function (asked: ShareChoices, association: string | null = 'a1'): Promise<SharePreview> {
      const answer = await this.ask({ ask: 'preview', request: { choices: asked, generator: 'test' }, association });
      if (answer.kind !== 'preview') throw new Error(answer.kind);
      return answer.preview;
    },
    file: async function (asked: ShareChoices): Promise<Uint8Array<ArrayBuffer>> {
      const answer = await this.ask({ ask: 'file', request: { choices: asked, generator: 'test' } });
      if (answer.kind !== 'file') throw new Error(answer.kind);
      return new Uint8Array(await answer.file.arrayBuffer());
    },
  };
}

async function shared(asked: ShareChoices = choices()): Promise<string> {
  const from = worker();
  await from.open(file(LOSS), file(LOSS_KEYS));
  return (await from.preview(asked)).link ?? '';
}

test('a link opens to the verdict that the sharer saw, with what it is', async () => {
  const to = worker();
  const opened = await to.open(link(`https://host.example/page/#${await shared(choices({ notes: [NOTE] }))}~a1.r9`));
  expect(opened).toMatchObject({
    is: 'opened',
    failures: [],
    shared: {
      file: 'the link',
      from: 'link',
      title: 'A title',
      packets: 25,
      secrets: 0,
      redactions: { addresses: 'replaced', applicationData: 'marks', keys: 'none' },
      notes: [{ id: 'n1', text: 'Sent again by 192.0.2.1:21062' }],
    },
  });
  expect(to.session.trace().associations[0]?.verdict).toContain('the server’s last flight was lost 3 times');
});

test('a file opens to the same, and keys that come with it are taken', async () => {
  const from = worker();
  await from.open(file(LOSS), file(LOSS_KEYS));
  const bytes = await from.file(choices({ applicationData: 'bodies' }));
  const to = worker();
  const opened = await to.open({ name: 'seen.dtlstrace', blob: new Blob([bytes]) }, file(LOSS_KEYS));
  expect(opened).toMatchObject({ is: 'opened', shared: { from: 'file', file: 'seen.dtlstrace' } });
  expect(to.session.trace().associations[0]?.records).toMatchObject({ undecryptable: 0 });
});

describe('what cannot be opened', () => {
  test.each<[string, (whole: string) => string, RegExp]>([
    ['a link that was cut', (whole) => whole.slice(0, whole.length / 2), /^This link is cut off or damaged/],
    ['a link with a letter changed', (whole) => `${whole.slice(0, 900)}_${whole.slice(901)}`, /^This link (is|was) /],
    ['a link of a later version', (whole) => whole.replace(/^1d/, '7d'), /needs version 7 of the format/],
    ['a link that only names a capture', () => `1r.${'A'.repeat(22)}`, /does not carry it/],
    ['a link to a server without a page', () => `1s.${'A'.repeat(22)}.${'A'.repeat(43)}`, /names a trace on a server/],
  ])('%s is told in a sentence, and what is open stays', async (_, damage, sentence) => {
    const to = worker();
    await to.open(file(LOSS));
    const before = to.session.trace();
    const answer = await to.open(link(`#${damage(await shared())}`));
    expect(answer).toMatchObject({ is: 'failed', failures: [expect.stringMatching(sentence)] });
    expect(to.session.trace()).toBe(before);
  });

  test('a file that was cut is named', async () => {
    const from = worker();
    await from.open(file(LOSS));
    const bytes = await from.file(choices());
    const answer = await worker().open({ name: 'x.dtlstrace', blob: new Blob([bytes.subarray(0, 500)]) });
    expect(answer).toMatchObject({ is: 'failed', failures: [expect.stringMatching(/^x\.dtlstrace is cut off/)] });
  });
});

test('what is open is a shared trace until something else is', async () => {
  const to = worker();
  await to.open(link(`#${await shared()}`));
  expect(await to.open(file(LOSS_KEYS))).toMatchObject({ is: 'opened', shared: { title: 'A title' } });
  const other = await to.open(file('openssl-ecdhe-ecdsa-aes128-gcm.pcap'));
  expect(other.is === 'opened' && other.shared).toBeUndefined();
});

test('the preview is what the link opens to, in the numbers of both', async () => {
  const from = worker();
  await from.open(file(LOSS));
  const half = await from.preview(choices({ timeRange: { fromMs: 1000, toMs: 4000 } }));
  expect(half.packets).toBe(10);
  expect(half.numbers.associations).toEqual([['a1', 'a1']]);
  const [first] = half.numbers.records;
  expect(first?.[0]).toBeGreaterThan(1);
  expect(first?.[1]).toBe(1);
  expect(half.link?.length).toBe(half.characters);
  const size = await from.ask({
    ask: 'size',
    request: { choices: choices({ timeRange: { fromMs: 1000, toMs: 4000 } }), generator: 'test' },
  });
  expect(size).toEqual({ kind: 'size', size: { characters: half.characters, bytes: half.bytes } });
});

test('a size that nobody waits for any more is not worked out', async () => {
  const { core, posted, open } = worker();
  await open(file(LOSS));
  const question = { ask: 'size', request: { choices: choices(), generator: 'test' } } as const;
  const asked = [
    core.receive({ do: 'sharing', job: 8, question }),
    core.receive({ do: 'sharing', job: 9, question }),
    core.receive({ do: 'cancel', job: 9 }),
  ];
  await Promise.all(asked);
  const answers = posted.filter(({ job }) => job > 1);
  expect(answers.map(({ is, job }) => `${is} ${job}`)).toEqual(['sharing 8', 'cancelled 9']);
});

test('the digest is that of the captures, one after the other; what was shared has none', async () => {
  const from = worker();
  await from.open(file(LOSS), file(LOSS_KEYS));
  const digest = toBase64url(hash('sha256', new Uint8Array(bytesOf(LOSS))).subarray(0, 16));
  expect(await from.ask({ ask: 'digest' })).toEqual({ kind: 'digest', digest });
  await from.open(link(`#${await shared()}`));
  expect(await from.ask({ ask: 'digest' })).toEqual({ kind: 'digest', digest: null });
});

describe('shared on', () => {
  const everything = choices({ applicationData: 'bodies', addresses: 'kept', clock: 'kept', names: 'kept' });

  test('what was kept back stays back, and nothing else is claimed', async () => {
    const to = worker();
    const first = await shared();
    await to.open(link(`#${first}`));
    const decoded = await openTraceFile(await to.file(everything));
    expect(decoded).toMatchObject({
      kind: 'trace',
      trace: {
        origin: null,
        redactions: { addresses: 'replaced', clock: 'relative', applicationData: 'marks', scope: 'all' },
      },
    });
    const next = worker();
    await next.open(link(`#${(await to.preview(everything)).link}`));
    expect(next.session.trace().associations).toEqual(to.session.trace().associations);
  });

  test('the addresses that stand for others do not change, and are known to stand for some of one host', async () => {
    const to = worker();
    await to.open(link(`#${await shared()}`));
    const decoded = await openTraceFile(await to.file(choices()));
    if (decoded.kind !== 'trace') throw new Error(decoded.message);
    expect(decoded.trace.endpoints.map(({ address, reach }) => `${address} ${reach}`)).toEqual([
      '192.0.2.1 host',
      '192.0.2.1 host',
    ]);
  });
});

test('a capture that is gone has no identity, which is no mistake', async () => {
  const it = worker();
  const gone = Object.assign(new Blob(['1']), {
    arrayBuffer: () => Promise.reject(new DOMException('It is gone', 'NotFoundError')),
  });
  expect(await it.ask({ ask: 'identity', captures: [{ name: 'gone.pcap', blob: gone }] })).toEqual({
    kind: 'identity',
    identity: null,
  });
});

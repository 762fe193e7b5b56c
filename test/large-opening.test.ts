/** A capture that takes its time: what is known of it meanwhile, and that giving up leaves everything as it was. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeLarge } from '../bench/large/capture.mjs';
import type { EarlyAssociation } from '../src/analysis/early-association.ts';
import { Session } from '../src/analysis/session.ts';
import { bytesOf } from './captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-opening-'));
afterAll(() => rmSync(folder, { recursive: true }));
const large = makeLarge(join(folder, 'large.pcap'), 1);

function source(name: string, bytes: Uint8Array) {
  return {
    name,
    size: bytes.length,
    async *chunks() {
      yield bytes;
    },
  };
}

const LARGE = source('large.pcap', readFileSync(large.file));
const SMALL = source('small.pcap', bytesOf('openssl-psk-aes128-ccm8.pcap'));

test('associations are known before the capture is read to its end, as the list shows them in the end', async () => {
  const session = new Session();
  const heard: { readonly bytes: number; readonly found: number; readonly rows: readonly EarlyAssociation[] }[] = [];
  await session.open([LARGE], {
    add: false,
    progress: ({ bytesRead, associations, early }) =>
      heard.push({ bytes: bytesRead, found: associations, rows: early(0, associations) }),
  });
  const [first] = heard;
  expect(first?.bytes).toBeLessThan(large.bytes / 2);
  expect(first?.rows.length).toBe(first?.found);
  expect(first?.found).toBeGreaterThan(1);
  const last = heard.at(-1)?.rows ?? [];
  expect(first?.rows[0]?.records.total).toBeLessThan(last[0]?.records.total ?? 0);
  const known = session.trace().associations.map((a) => ({ ...a, records: { total: a.records.total } }));
  expect(last.length).toBe(large.associations);
  for (const [i, row] of last.entries()) expect(known[i]).toMatchObject(row);
});

test('a part of them can be asked for', async () => {
  const parts: string[][] = [];
  await new Session().open([LARGE], { add: false, progress: ({ early }) => parts.push(early(1, 3).map((a) => a.id)) });
  expect(parts[0]).toEqual(['a2', 'a3']);
});

test('the analysis goes in steps that tell how many associations are done, and gives what it gives at once', async () => {
  const [inSteps, atOnce] = [new Session(), new Session()];
  await inSteps.open([LARGE], { add: false });
  await atOnce.open([LARGE], { add: false });
  const told = [...inSteps.reading(), ...inSteps.diagnosing(null)];
  expect(new Set(told.map(({ what, total }) => `${total} ${what}`))).toEqual(
    new Set([`${large.associations} associations`]),
  );
  const counts = told.map(({ done }) => done);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(large.associations);
  expect(inSteps.trace()).toEqual(atOnce.trace());
  expect([...inSteps.reading(), ...inSteps.diagnosing(null)]).toEqual([]);
});

test('with another key everything is read again, in steps too', async () => {
  const session = new Session();
  await session.open([LARGE], { add: false });
  session.trace();
  session.addKeyLog(readFileSync(large.keys, 'latin1'), 'large.keys');
  const told = [...session.reading(), ...session.diagnosing(null)];
  expect(told[0]).toEqual({ what: 'datagrams', done: 0, total: large.packets });
  expect(told.at(-1)).toEqual({ what: 'associations', done: large.associations, total: large.associations });
});

test('who gives up in the middle of the analysis keeps what was open', async () => {
  const session = new Session();
  await session.open([SMALL], { add: false });
  const before = session.trace();
  const fork = session.fork();
  await fork.open([LARGE], { add: false });
  for (const { done } of fork.reading()) if (done > 2) break;
  expect(session.trace()).toBe(before);
  expect(session.association('a1')?.association).toBe(before.associations[0]);
});

test('who does not give up has what the fork opened, and keys that were added to it', async () => {
  const session = new Session();
  await session.open([SMALL], { add: false });
  const fork = session.fork();
  await fork.open([LARGE], { add: false });
  fork.addPsk('c=00', { text: false, source: 'a key' });
  expect(session.trace().captures.map(({ name }) => name)).toEqual(['small.pcap']);
  session.adopt(fork);
  expect(session.trace().captures.map(({ name }) => name)).toEqual(['large.pcap']);
  expect(session.trace()).toEqual(fork.trace());
});

test('a fork and what it came from may both be read to the end', async () => {
  const session = new Session();
  await session.open([LARGE], { add: false });
  const fork = session.fork();
  expect(fork.trace()).toEqual(session.trace());
});

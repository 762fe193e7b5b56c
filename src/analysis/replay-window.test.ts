/** What a receiver with an anti-replay window throws away, against what the endpoints say that they read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KNOWN, SAMPLES, textOf } from '../../test/captures.ts';
import { captureOf, datagramsOf, type EditedDatagram } from '../../test/edited-capture.ts';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { Session } from './session.ts';
import type { AssociationDetail } from './trace.ts';

const CAPTURE = 'openssl-dup-appdata-replay.server.pcap';
const KEYS = 'openssl-dup-appdata-replay.keys';

async function open(datagrams: readonly EditedDatagram[]): Promise<AssociationDetail> {
  const session = new Session();
  await session.open([captureOf(datagrams)], { add: true });
  session.addKeyLog(textOf(KEYS), KEYS);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error('no association');
  return detail;
}

/** The record with another number: what protects it is wrong then, but without keys nobody can tell. */
function numbered(template: EditedDatagram, number: number): EditedDatagram {
  const payload = template.payload.slice();
  new DataView(payload.buffer).setUint32(7, number);
  return { ...template, payload };
}

test('two copies of application data are thrown away: the server read it once', async () => {
  const session = await openSession(CAPTURE);
  addKeys(session, KEYS);
  expect(detailsOf(session)[0]?.replayDrops).toEqual([
    { record: 16, sender: 'client', epoch: 1, sequenceNumber: 1, why: 'repeated' },
    { record: 17, sender: 'client', epoch: 1, sequenceNumber: 1, why: 'repeated' },
  ]);
});

test('with both capture points, order and copies are those at the receiver', async () => {
  const session = await openSession(CAPTURE.replace('.server.', '.client.'), CAPTURE);
  addKeys(session, KEYS);
  const drops = detailsOf(session)[0]?.replayDrops.map((d) => [d.sender, d.epoch, d.sequenceNumber, d.why]);
  expect(drops).toEqual([
    ['client', 1, 1, 'repeated'],
    ['client', 1, 1, 'repeated'],
  ]);
});

describe('what was not thrown away is what the endpoints read, by their logs', () => {
  /** Data that arrived but met no association, or that no key opens here. */
  const unread = /nat-rebind|server-gone|server-restart|aria|camellia/;
  const seen = KNOWN.filter(
    (c) => /^openssl-/.test(c.file) && c.keys && c.log?.endsWith('.truth.jsonl') && !unread.test(c.file),
  );

  test.each(seen.map((c) => [c.file, c] as const))('%s', async (_, { file, keys = '', log = '', vantage }) => {
    const session = await openSession(file);
    addKeys(session, keys);
    const details = detailsOf(session);
    const lines = readFileSync(join(SAMPLES, 'corpus/truth', log), 'utf8').split('\n');
    // What a capture shows has arrived where it was taken near the receiver.
    for (const receiver of (['client', 'server'] as const).filter((side) => vantage === side || vantage === 'both')) {
      const arrived = details.flatMap(({ records, replayDrops }) => {
        const dropped = new Set(replayDrops.map((d) => d.record));
        const data = records.filter((r) => r.contents.some((c) => c.kind === 'applicationData'));
        return data.filter((r) => r.sender !== receiver && !dropped.has(r.record));
      });
      const read = lines.filter((line) => line.includes(`"ep": "${receiver}"`) && line.includes('"ev": "app_rx"'));
      expect(arrived, receiver).toHaveLength(read.length);
    }
  });
});

test('what is 64 numbers behind the highest is too old, what is 63 behind is not', async () => {
  const all = await datagramsOf(CAPTURE);
  const data = all.find((d) => d.payload[0] === 23 && d.payload[4] === 1);
  if (!data) throw new Error('no application data');
  const before = all.slice(0, all.indexOf(data));
  const session = new Session();
  const late = [100, 37, 36, 100, 164, 101, 100].map((n, i) => ({ ...numbered(data, n), timeMs: data.timeMs + i }));
  await session.open([captureOf([...before, ...late])], { add: true });
  // Of an epoch without keys every record is plausible.
  const drops = detailsOf(session)[0]?.replayDrops.filter((d) => d.epoch === 1);
  expect(drops?.map((d) => [d.sequenceNumber, d.why])).toEqual([
    [36, 'too-old'],
    [100, 'repeated'],
    [100, 'too-old'],
  ]);
});

test('a record that fails authentication moves no window', async () => {
  const all = await datagramsOf(CAPTURE);
  const data = all.find((d) => d.payload[0] === 23 && d.payload[4] === 1);
  if (!data) throw new Error('no application data');
  const forged = numbered(data, 1000);
  const detail = await open(all.flatMap((d) => (d === data ? [forged, d] : [d])));
  expect(detail.records.filter((r) => r.reason === 'authentication-failed')).toHaveLength(1);
  expect(detail.replayDrops.map((d) => d.why)).toEqual(['repeated', 'repeated']);
});

test('the window is that of a naive list of all numbers', async () => {
  const all = await datagramsOf(CAPTURE);
  const data = all.find((d) => d.payload[0] === 23 && d.payload[4] === 1);
  if (!data) throw new Error('no application data');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 60 }), async (numbers) => {
      const session = new Session();
      await session.open([captureOf(numbers.map((n, i) => ({ ...numbered(data, n), timeMs: i })))], { add: true });
      const drops = detailsOf(session).flatMap((d) => d.replayDrops.map((x) => `${x.record} ${x.why}`));
      const expected: string[] = [];
      const taken: number[] = [];
      for (const [i, n] of numbers.entries()) {
        if (n <= Math.max(-1, ...taken) - 64) expected.push(`${i + 1} too-old`);
        else if (taken.includes(n)) expected.push(`${i + 1} repeated`);
        else taken.push(n);
      }
      expect(drops).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});

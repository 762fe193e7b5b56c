/** The captures that the bench makes are real: their handshakes go on, and every record opens. */
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeLarge } from '../bench/large/capture.mjs';
import { readPcap } from '../bench/pcap.mjs';
import { commandLine } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-large-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = commandLine({ terminal: false });
const large = makeLarge(join(folder, 'large.pcap'), 1);

interface RecordLine {
  readonly association: string;
  readonly contentTypeName: string;
  readonly state: string;
  readonly mark: string;
}

const linesOf = async (...keys: readonly string[]): Promise<RecordLine[]> => {
  const { out } = await cli('records', large.file, ...keys, '--quiet');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

const opened = await linesOf('--keys', large.keys);

test('it is as long as was wanted and has as many packets as was said, in the order of time', () => {
  const file = readFileSync(large.file);
  const times = readPcap(file).packets.map(({ micros }) => micros);
  expect(file.length).toBe(large.bytes);
  expect(file.length).toBeGreaterThan(0.9e6);
  expect(file.length).toBeLessThan(1.1e6);
  expect(times.length).toBe(large.packets);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('each association has its own client, of both versions of DTLS', async () => {
  const { out } = await cli('report', large.file, '--keys', large.keys, '--format', 'json', '--quiet');
  const { associations } = JSON.parse(out);
  expect(associations.length).toBe(large.associations);
  expect(new Set(associations.map((a: { client: { address: string } }) => a.client.address)).size).toBe(
    large.associations,
  );
  expect(new Set(associations.map((a: { version: string }) => a.version))).toEqual(new Set(['DTLS 1.2', 'DTLS 1.3']));
});

test('with its key log every protected record opens, and without it none', async () => {
  const statesOf = (lines: readonly RecordLine[]) => new Set(lines.map(({ state }) => state));
  expect(statesOf(opened)).toEqual(new Set(['plaintext', 'decrypted']));
  expect(statesOf(await linesOf())).not.toContain('decrypted');
  const data = opened.filter(({ contentTypeName }) => contentTypeName === 'application_data');
  expect(data.length).toBeGreaterThan(195 * large.associations);
});

test('nothing is repeated beyond what was in the handshakes', () => {
  const repeated = opened.filter(({ mark }) => mark !== 'original');
  expect(repeated.map(({ mark }) => mark)).toEqual(Array(Math.floor(large.associations / 5)).fill('retransmission'));
});

test('one that is there already is used again, and another one is not', () => {
  const once = new Date(0);
  utimesSync(large.file, once, once);
  makeLarge(large.file, 1);
  expect(statSync(large.file).mtime).toEqual(once);
  expect(makeLarge(large.file, 0.5).bytes).toBe(statSync(large.file).size);
});

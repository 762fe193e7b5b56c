/** Session descriptions given on the command line, held against the certificates of a handshake. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { run } from '../src/cli/run.ts';
import { pathOf } from './captures.ts';

const CAPTURE = pathOf('ice-restart-same-dtls-firefox-dtls12.offerer.pcap');
const folder = mkdtempSync(join(tmpdir(), 'dtlscope-sdp-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function report(sdp: string) {
  const file = join(folder, 'session.sdp');
  writeFileSync(file, sdp);
  let out = '';
  let complaint = '';
  const status = await run([CAPTURE, '--sdp', file, '-f', 'json', '--summary', '--quiet'], {
    print: async (text) => {
      out += text;
    },
    complain: (text) => {
      complaint += text;
    },
    terminal: false,
    progress: null,
  });
  return { status, complaint, rules: status === 0 ? rulesOf(JSON.parse(out)) : [] };
}

function rulesOf(said: { associations: { findings: { rule: string }[] }[] }): string[] {
  return said.associations.flatMap((a) => a.findings.map((f) => f.rule));
}

const OTHERS = (n: number) => `a=fingerprint:sha-256 ${Array(32).fill(`0${n}`).join(':')}`;

test('fingerprints that fit neither certificate', async () => {
  const { status, rules } = await report(`v=0\r\n${OTHERS(1)}\r\na=setup:active\r\n${OTHERS(2)}\r\n`);
  expect(status).toBe(0);
  expect(rules).toContain('fingerprint-mismatch');
});

test('a file without one is refused with one sentence', async () => {
  const { status, complaint } = await report('v=0\r\na=setup:active\r\n');
  expect(status).toBe(2);
  expect(complaint).toMatch(/^session\.sdp has no line a=fingerprint/);
});

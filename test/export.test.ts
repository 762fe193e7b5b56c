/** `dtlscope report --format html` and `--format svg`, as their user types them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { GALLERY, pathOf } from './captures.ts';
import { commandLine } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-export-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = commandLine({ terminal: true });

const CAPTURE = pathOf('openssl-loss-final-flight-x3.client.pcap');
const KEYS = pathOf('openssl-loss-final-flight-x3.keys');
const TWO_ASSOCIATIONS = pathOf('openssl-assoc-reboot-cookie.pcap');

describe('html', () => {
  test.each(GALLERY.map((s) => [s.id, s] as const))(
    'the sample %s is one whole page without scripts',
    async (_, sample) => {
      const { status, out } = await cli(...sample.files.map((f) => pathOf(f)), '-f', 'html', '--quiet');
      expect(status).toBe(0);
      expect(out).toMatch(/^<!doctype html>\n/);
      expect(out).toMatch(/<\/html>\n$/);
      expect(out).not.toContain('<script');
      expect(out).toContain('<svg');
    },
  );

  test('--output writes it, --association leaves the others out', async () => {
    const file = join(folder, 'report.html');
    const written = await cli(TWO_ASSOCIATIONS, '-f', 'html', '-o', file, '--association', 'a2');
    expect(written).toMatchObject({ status: 0, out: '' });
    const html = readFileSync(file, 'utf8');
    expect(html).toContain('<section id="a2">');
    expect(html).not.toContain('<section id="a1">');
  });

  test('--fail-on holds for it as for every format', async () => {
    expect((await cli(CAPTURE, '-f', 'html', '--fail-on', 'warning')).status).toBe(1);
  });
});

describe('svg', () => {
  test('to standard output, light unless dark is asked for', async () => {
    const light = await cli(CAPTURE, KEYS, '-f', 'svg');
    expect(light.status).toBe(0);
    expect(light.out).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(light.out).toContain('fill="#ffffff"');
    const dark = await cli(CAPTURE, KEYS, '-f', 'svg', '--theme', 'dark');
    expect(dark.out).toContain('fill="#14181c"');
    expect(dark.out).toContain('7\u202f018 ms');
  });

  test('the same for the same capture, every time', async () => {
    expect((await cli(CAPTURE, KEYS, '-f', 'svg')).out).toBe((await cli(CAPTURE, KEYS, '-f', 'svg')).out);
  });

  test('of several associations one has to be named', async () => {
    expect(await cli(TWO_ASSOCIATIONS, '-f', 'svg')).toEqual({
      status: 2,
      out: '',
      complaint: 'A diagram shows one association and there are 2: name one with --association.\n',
    });
    expect((await cli(TWO_ASSOCIATIONS, '-f', 'svg', '--association', 'a2')).out).toContain('<title>a2: ');
  });
});

test.each([
  [['-f', 'png'], 'The format png is not known: it is text, json, markdown, html or svg.'],
  [['-f', 'svg', '--theme', 'blue'], '--theme takes light or dark, not blue.'],
  [['-f', 'html', '--theme', 'dark'], '--theme is for --format svg: the other formats look as their reader has it.'],
])('%j gets one sentence and status 2', async (options, sentence) => {
  expect(await cli(CAPTURE, ...options)).toEqual({ status: 2, out: '', complaint: `${sentence}\n` });
});

test('the help names both formats', async () => {
  expect((await cli('--help')).out).toMatch(/--format text\|json\|markdown\|html\|svg/);
});

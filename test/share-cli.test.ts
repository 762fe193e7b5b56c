/** `dtlscope link`, `dtlscope unlink` and shared traces as input, as their user types them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Note } from '../src/share/notes.ts';
import { notesJson } from '../src/share/notes-json.ts';
import { pathOf } from './captures.ts';
import { commandLine } from './run-cli.ts';
import { traceIn } from './shared-traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-share-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = commandLine({ terminal: false });

const CAPTURE = pathOf('openssl-loss-final-flight-x3.client.pcap');
const KEYS = pathOf('openssl-loss-final-flight-x3.keys');
const NOTE: Note = {
  id: 'n1',
  anchor: { on: 'record', at: { capture: 0, packet: 3, record: 1 } },
  to: null,
  text: 'Look here, <b>not bold</b>',
  shape: 'circle',
  judgement: null,
  author: '',
};

async function made(...options: readonly string[]): Promise<string> {
  const { status, out, complaint } = await cli('link', CAPTURE, ...options);
  expect(status, complaint).toBe(0);
  return out.trim();
}

async function reportOf(...words: readonly string[]) {
  const { status, out, complaint } = await cli('report', ...words, '-f', 'json', '--quiet');
  expect(status, complaint).toBe(0);
  return JSON.parse(out);
}

describe('link', () => {
  test('prints one line, and says by value what its reader sees', async () => {
    const { status, out, complaint } = await cli('link', CAPTURE);
    expect(status).toBe(0);
    expect(out).toMatch(/^#1d\.[\w-]+\n$/);
    expect(complaint).toContain('Whoever opens it can read:');
    expect(complaint).toContain('127.0.0.1 becomes 192.0.2.1');
    expect(complaint).toMatch(/\d+ characters: fits/);
  });

  test('says nothing with --quiet', async () => {
    const { status, complaint } = await cli('link', CAPTURE, '--quiet');
    expect([status, complaint]).toEqual([0, '']);
  });

  test('goes behind the address of a page, with the place where it opens', async () => {
    expect(await made('--base', 'https://host.example/dtls/', '--view', 'a1.r17')).toMatch(
      /^https:\/\/host\.example\/dtls\/#1d\.[\w-]+~a1\.r17$/,
    );
  });

  test('opens to the same verdict wherever a capture may be named', async () => {
    const link = await made('--base', 'https://host.example/');
    const text = join(folder, 'link.txt');
    writeFileSync(text, `${link}\n`);
    const [original] = (await reportOf(CAPTURE)).associations;
    for (const word of [link, link.slice(link.indexOf('#')), text]) {
      const { associations, captures } = await reportOf(word);
      expect(captures[0]).toMatchObject({ name: 'shared trace', format: 'dtlstrace', firstTime: null });
      expect(associations[0].verdict).toBe(original.verdict);
      expect(associations[0].client.address).toBe('192.0.2.1');
    }
  });

  test('each option keeps or takes away one thing', async () => {
    const redactions = async (...options: readonly string[]) =>
      (await traceIn(await made('-k', KEYS, ...options))).redactions;
    expect(await redactions()).toEqual({
      scope: 'all',
      applicationData: 'marks',
      addresses: 'replaced',
      clock: 'relative',
      names: 'kept',
      certificates: 'kept',
      keys: 'none',
      altered: false,
    });
    expect(await redactions('--association', 'a1')).toMatchObject({ scope: 'association' });
    expect(await redactions('--content', 'lengths')).toMatchObject({ applicationData: 'lengths' });
    expect(await redactions('--keep-addresses')).toMatchObject({ addresses: 'kept' });
    expect(await redactions('--keep-clock')).toMatchObject({ clock: 'kept' });
    expect(await redactions('--blank-names')).toMatchObject({ names: 'blanked', altered: true });
    expect(await redactions('--certificates', 'digests')).toMatchObject({ certificates: 'digests', altered: true });
    expect(await redactions('--messages')).toMatchObject({ keys: 'messages' });
    expect(await redactions('--secrets', '--yes')).toMatchObject({ keys: 'secrets' });
    expect(await redactions('--secrets', '--application-secrets', '--yes')).toMatchObject({ keys: 'all-secrets' });
  });

  test('secrets want a second word, and the link says that it has them', async () => {
    const { status, out, complaint } = await cli('link', CAPTURE, '-k', KEYS, '--secrets');
    expect([status, out]).toEqual([2, '']);
    expect(complaint).toMatch(/^With --secrets everybody .* confirm it with --yes\.\n$/);
    expect(await made('-k', KEYS, '--secrets', '--yes')).toMatch(/^#1ds\./);
  });

  test('what is too long for a link says what would shorten it, and fits into a file', async () => {
    const long = pathOf('openssl-big-appdata.pcap');
    const { status, out, complaint } = await cli('link', long, '--content', 'bodies');
    expect([status, out]).toEqual([2, '']);
    expect(complaint).toContain('32000 are the most');
    expect(complaint).toMatch(/--content marks: \d+ characters/);
    const file = join(folder, 'long.dtlstrace');
    expect((await cli('link', long, '--content', 'bodies', '-o', file)).status).toBe(0);
    expect((await reportOf(file)).associations).toHaveLength((await reportOf(long)).associations.length);
  });
});

describe('unlink', () => {
  test('gives the capture, the notes and the keys back, and the capture says the same', async () => {
    const notes = join(folder, 'notes.json');
    writeFileSync(notes, notesJson([NOTE], ['a.pcap'], 'test'));
    const link = await made('-k', KEYS, '--secrets', '--yes', '--content', 'bodies', '--notes', notes);
    const to = join(folder, 'unlinked');
    const { status, out } = await cli('unlink', link, '-o', to);
    expect(status).toBe(0);
    expect(out.trim().split('\n')).toEqual(
      ['capture.pcapng', 'notes.json', 'notes.md', 'keys.log'].map((name) => join(to, name)),
    );
    const [again] = (await reportOf(join(to, 'capture.pcapng'), join(to, 'keys.log'))).associations;
    const [original] = (await reportOf(CAPTURE, KEYS)).associations;
    expect(again.verdict).toBe(original.verdict);
    expect(again.records).toEqual(original.records);
    expect(JSON.parse(readFileSync(join(to, 'notes.json'), 'utf8')).notes).toEqual([NOTE]);
    expect(readFileSync(join(to, 'notes.md'), 'utf8')).not.toContain('<b>');
    expect(statSync(join(to, 'keys.log')).mode & 0o077).toBe(0);
  });

  test('says in the capture what was left out', async () => {
    const to = join(folder, 'emptied');
    expect((await cli('unlink', await made(), '-o', to)).status).toBe(0);
    const file = readFileSync(join(to, 'capture.pcapng')).toString('latin1');
    expect(file).toContain('Left out by whoever shared it');
    expect(file).toContain('the date was not shared');
    expect(existsSync(join(to, 'keys.log'))).toBe(false);
  });

  test('overwrites nothing', async () => {
    const to = join(folder, 'twice');
    const link = await made();
    await cli('unlink', link, '-o', to);
    const { status, complaint } = await cli('unlink', link, '-o', to);
    expect(status).toBe(2);
    expect(complaint).toMatch(/exists already/);
  });
});

describe('what is wrong is one sentence and exit status 2', () => {
  test.each([
    ['no file', ['link'], /^Name at least one/],
    ['an association that is not there', ['link', CAPTURE, '--association', 'a9'], /^There is no association a9/],
    ['an unknown choice', ['link', CAPTURE, '--content', 'all'], /^--content takes marks, lengths, bodies, not all/],
    ['no address of a page', ['link', CAPTURE, '--base', 'host'], /^--base takes the address/],
    ['secrets by half', ['link', CAPTURE, '--application-secrets'], /goes with --secrets/],
    ['no folder', ['unlink', '#1d.AAAA'], /^Say where to/],
    ['a damaged link', ['report', '#1d.AAAA'], /^This link is cut off or damaged/],
    ['a newer link', ['report', '#9d.AAAA'], /needs version 9 of the format/],
    ['a place without a trace', ['report', '#1r.AAAAAAAAAAAAAAAAAAAAAA'], /holds no trace, only a place/],
    ['a stored trace without its server', ['report', '#1s.abc.def'], /give the whole link/],
    ['a capture for unlink', ['unlink', CAPTURE, '-o', join(folder, 'no')], /neither a link nor/],
  ])('%s', async (_, words, sentence) => {
    const { status, complaint } = await cli(...words);
    expect(status).toBe(2);
    expect(complaint).toMatch(sentence);
    expect(complaint.trim().split('\n')).toHaveLength(1);
  });

  test('two shared traces, and a capture beside one', async () => {
    const link = await made();
    expect((await cli('report', link, link)).complaint).toMatch(/opened alone/);
    expect((await cli('report', link, CAPTURE)).complaint).toMatch(/captures may not/);
  });

  test('keys may go along', async () => {
    const link = await made('--content', 'bodies');
    const [opened] = (await reportOf(link, KEYS)).associations;
    expect(opened.records.decrypted).toBeGreaterThan(0);
  });
});

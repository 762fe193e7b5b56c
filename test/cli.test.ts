/** The command line as its user types it, against REPORT.md's contract. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { reportSchema } from '../src/cli/output/schema.ts';
import { GALLERY, pathOf } from './captures.ts';
import { commandLine } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'dtlscope-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = commandLine({ terminal: false });

const CAPTURE = pathOf('openssl-loss-final-flight-x3.client.pcap');
const KEYS = pathOf('openssl-loss-final-flight-x3.keys');

describe('report', () => {
  const valid = new Ajv2020({ strict: true, allErrors: true }).compile(reportSchema);

  test.each(GALLERY.map((s) => [s.id, s] as const))(
    'the sample %s: the JSON follows the schema and says what the gallery promises',
    async (_, sample) => {
      const { status, out } = await cli(
        'report',
        ...sample.files.map((f) => pathOf(f)),
        '-f',
        'json',
        '--data',
        '--quiet',
      );
      expect(status).toBe(0);
      const report = JSON.parse(out);
      expect(valid(report), JSON.stringify(valid.errors?.slice(0, 3))).toBe(true);
      const last = report.associations.at(-1);
      expect(report.associations.map((a: { outcome: string }) => a.outcome)).toContain(sample.outcome);
      if (sample.version) expect(last.version).toBe(sample.version);
      if (sample.cipherSuite)
        expect(report.associations.map((a: { cipherSuite: { name: string } | null }) => a.cipherSuite?.name)).toContain(
          sample.cipherSuite,
        );
    },
  );

  test('with --summary an association keeps its identity, outcome and counts, and the schema still holds', async () => {
    const report = JSON.parse((await cli(CAPTURE, '-k', KEYS, '-f', 'json', '--summary')).out);
    expect(valid(report)).toBe(true);
    expect(report.associations[0]).toMatchObject({
      id: 'a1',
      outcome: 'established',
      records: { total: 30, decrypted: 11 },
    });
    expect(report.associations[0]).not.toHaveProperty('messages');
  });

  test('times are seconds, packets are numbered as in the file, byte strings are hex', async () => {
    const [a] = JSON.parse((await cli(CAPTURE, KEYS, '-f', 'json', '--data')).out).associations;
    expect(a.handshakes[0]).toMatchObject({ start: 0, end: 7.017808, kind: 'full', cookieExchange: true });
    expect(a.applicationData.content).toEqual([
      { packet: 22, sender: 'client', protocol: null, hex: Buffer.from('hello from client').toString('hex') },
      { packet: 23, sender: 'server', protocol: null, hex: Buffer.from('echo:hello from client').toString('hex') },
    ]);
    expect(a.alerts).toMatchObject([
      { packet: 24, sender: 'client', epoch: 1, level: 'warning', description: 'close_notify', code: 0 },
      { packet: 25, sender: 'server' },
    ]);
  });

  test('the text starts with the verdict and fits 100 columns', async () => {
    const { out } = await cli(CAPTURE, KEYS);
    expect(out.replace(/\s*\n\s*/g, ' ')).toContain(
      'Established after 7\u202f018 ms: the server’s last flight was lost 3 times, and the client had to repeat flight 5.',
    );
    expect(out).toContain('1001.364 ms of silence');
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  test('with two capture points packets are named by their point, and what was lost between them ends in a cross', async () => {
    const { out } = await cli(CAPTURE, pathOf('openssl-loss-final-flight-x3.server.pcap'), KEYS);
    expect(out).toContain('25 datagrams are at both points; lost between them: 0 from A to B, 3 from B to A.');
    expect(out).toMatch(/^ +A1 +0\.000 {2}flight 1/m);
    expect(out).toMatch(/^ +B6 .*x (- )+0:NewSessionTicket, ChangeCipherSpec, 1:Finished\|$/m);
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  test('many associations become a table', async () => {
    const files = GALLERY.flatMap((s) => s.files).filter((f) => f.endsWith('.pcap'));
    const { out } = await cli(...files.map((f) => pathOf(f)));
    expect(out).toMatch(/\d+ associations: \d+ ok/);
    expect(out).toMatch(/^a2 {2,}127\.0\.0\.1/m);
  });

  test('--association shows one, and says which there are if it is none of them', async () => {
    expect((await cli(CAPTURE, '--association', 'a1')).status).toBe(0);
    expect(await cli(CAPTURE, '--association', 'a9')).toMatchObject({
      status: 2,
      complaint: 'There is no association a9: there are a1 to a1.\n',
    });
  });

  test('--output writes the file and leaves standard output alone', async () => {
    const file = join(folder, 'report.json');
    expect(await cli(CAPTURE, '-f', 'json', '-o', file)).toMatchObject({ status: 0, out: '' });
    expect(JSON.parse(readFileSync(file, 'utf8')).format).toBe('dtlscope-report');
  });
});

describe('findings', () => {
  const SILENT = pathOf('openssl-fail-server-silent.pcap');
  const CLEAN = pathOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap');

  test('--fail-on failure ends with 1 where there is one, and with 0 where there is none', async () => {
    expect((await cli(SILENT, '--fail-on', 'failure')).status).toBe(1);
    expect((await cli(SILENT, '--fail-on', 'warning')).status).toBe(1);
    expect((await cli(SILENT)).status).toBe(0);
    expect((await cli(CLEAN, '--fail-on', 'warning')).status).toBe(0);
  });

  test('the text names severity, evidence by packet, what to do and the clause, in 100 columns', async () => {
    const { out } = await cli(SILENT);
    expect(out).toMatch(/^ {4}FAILURE {2}No answer from /m);
    expect(out).toMatch(/· packet 1, 0\.000 s: /);
    expect(out).toMatch(/^ {6}Do: /m);
    expect(out).toContain('no-answer-to-clienthello · RFC 6347 §4.2.4');
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
  });

  test('Markdown is fit for a ticket: the verdict, the finding, its evidence and the flights in a fence', async () => {
    const { out } = await cli(SILENT, '-f', 'markdown');
    expect(out).toMatch(/^\*\*No answer: /m);
    expect(out).toMatch(/^### FAILURE: No answer from /m);
    expect(out).toMatch(/^- packet 1, 0\.000 s: /m);
    expect(out.match(/^```$/gm)).toHaveLength(2);
  });
});

test('public/report.schema.json is what `dtlscope schema` prints', async () => {
  const { out } = await cli('schema');
  expect(readFileSync(new URL('../public/report.schema.json', import.meta.url), 'utf8')).toBe(out);
});

test('records gives one JSON line per record, with its decoded tree', async () => {
  const { out } = await cli('records', CAPTURE, KEYS);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(30);
  expect(lines[0]).toMatchObject({
    file: 'openssl-loss-final-flight-x3.client.pcap',
    packet: 1,
    association: 'a1',
    sender: 'client',
    record: 1,
    contentTypeName: 'handshake',
    version: '0xfeff',
    state: 'plaintext',
    flight: 1,
    fields: { handshake: { msg_type: 1, message_seq: 0 }, ClientHello: { client_version: 0xfefd } },
  });
  expect(lines.map((l) => l.record)).toEqual(lines.map((_, i) => i + 1));
  const finished = lines.find((l) => l.epoch === 1);
  expect(finished).toMatchObject({
    state: 'decrypted',
    fields: { Finished: { verify_data: expect.stringMatching(/^[0-9a-f]{24}$/) } },
  });
});

describe('what cannot be read gets one sentence and status 2', () => {
  const jpeg = join(folder, 'photo.jpg');
  writeFileSync(jpeg, new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0]));
  test.each([
    [['no-such-file.pcap'], 'no-such-file.pcap does not exist.'],
    [[jpeg], 'photo.jpg is a JPEG picture, not a capture. Drop a pcap or pcapng file, or a key log.'],
    [[folder], `${folder} is a directory. Name the files in it.`],
    [['report'], 'Name at least one capture file (dtlscope --help shows how).'],
    [[CAPTURE, '-f', 'xml'], 'The format xml is not known: it is text, json, markdown, html or svg.'],
    [[CAPTURE, '--port', 'coaps'], '--port takes a number from 1 to 65535, not coaps.'],
    [['--quiet', 'link', CAPTURE], 'Write the command before its options: dtlscope link ….'],
  ])('%j', async (argv, sentence) => {
    expect(await cli(...argv)).toEqual({ status: 2, out: '', complaint: `${sentence}\n` });
  });

  test('an unknown option', async () => {
    const { status, complaint } = await cli(CAPTURE, '--colour');
    expect(status).toBe(2);
    expect(complaint).toMatch(/--colour.*dtlscope --help/);
  });
});

test('a capture that is cut short is reported as far as it goes, with the place', async () => {
  const whole = readFileSync(CAPTURE);
  const file = join(folder, 'cut.pcap');
  writeFileSync(file, whole.subarray(0, whole.length - 10));
  const { status, out } = await cli(file, '-f', 'json');
  expect(status).toBe(0);
  const [capture] = JSON.parse(out).captures;
  expect(capture.problems).toMatchObject([{ packet: 25, message: 'The file ends inside packet 25.' }]);
  expect(capture.packets).toBe(24);
});

test('--port reads a datagram as DTLS whatever its first bytes', async () => {
  const file = join(folder, 'damaged.pcap');
  const bytes = readFileSync(CAPTURE);
  // The first byte of the payload of packet 1: pcap header, record header, Ethernet, IPv4, UDP.
  bytes[24 + 16 + 14 + 20 + 8] = 0x99;
  writeFileSync(file, bytes);
  const counted = async (...options: string[]) =>
    JSON.parse((await cli(file, '-f', 'json', ...options)).out).captures[0].dtlsRecords;
  expect(await counted('--port', '21062')).toBe((await counted()) + 1);
});

test('where the roles are not known no sender is guessed', async () => {
  const [a] = JSON.parse((await cli(pathOf('E2_midstream_only.pcap'), '-f', 'json')).out).associations;
  expect(a).toMatchObject({
    client: null,
    server: null,
    endpoints: [{ port: expect.any(Number) }, { port: expect.any(Number) }],
  });
  expect(a.epochs).toMatchObject([
    { sender: null, endpoint: 0 },
    { sender: null, endpoint: 1 },
  ]);
});

/**
 * Links and files of every version that was ever released, in samples/links/: they open for ever, to what they told then.
 * A new version adds its own with `WRITE_LINKS=1`; files that are there are never written again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Session } from '../src/analysis/session.ts';
import type { ShareChoices } from '../src/share/choices.ts';
import { splitLink, traceLink, viewOnlyLink } from '../src/share/link.ts';
import type { Note } from '../src/share/notes.ts';
import type { SharedTrace } from '../src/share/shared-trace.ts';
import { openTraceFile, writeTraceFile } from '../src/share/trace-file.ts';
import { FORMAT_VERSION } from '../src/share/upgraders.ts';
import { SAMPLES } from './captures.ts';
import { giveKeys, opened, received, shared, traceIn } from './shared-traces.ts';

const FOLDER = join(SAMPLES, 'links');

const AT = { capture: 0, packet: 3, record: 1 };
const PLAIN = { to: null, shape: 'square', judgement: null, author: '' } as const;
/** One on each kind of thing. */
const NOTES: readonly Note[] = [
  { ...PLAIN, id: 'a1', anchor: { on: 'record', at: AT }, text: 'The `ClientHello` once more, <b>as text</b>' },
  {
    ...PLAIN,
    id: 'a2',
    anchor: { on: 'bytes', at: AT, buffer: 'packet', from: 42, to: 55 },
    text: '',
    shape: 'circle',
  },
  {
    ...PLAIN,
    id: 'a3',
    anchor: { on: 'flight', at: AT, flight: 3, transmission: 1 },
    text: 'flight',
    author: 'Ö. Reader',
  },
  { ...PLAIN, id: 'a4', anchor: { on: 'message', at: AT, name: 'ClientHello' }, to: { on: 'trace' }, text: 'an arrow' },
  { ...PLAIN, id: 'a5', anchor: { on: 'time', at: AT, fromMs: 0, toMs: 12.5 }, text: 'here', shape: 'triangle' },
  { ...PLAIN, id: 'a6', anchor: { on: 'finding', at: null, rule: 'flight-lost' }, text: 'no', judgement: 'rejected' },
  { ...PLAIN, id: 'a7', anchor: { on: 'trace' }, text: 'all of it', shape: 'star' },
];

interface Wanted {
  readonly files: readonly string[];
  readonly choices: Partial<ShareChoices>;
}

/** What version 1 leaves behind. */
const WANTED: { readonly [name: string]: Wanted } = {
  plain: { files: ['openssl-loss-flight4.client.pcap'], choices: { title: 'A lost flight' } },
  'all-of-it': {
    files: ['openssl-ecdhe-ecdsa-aes128-gcm.pcap'],
    choices: { applicationData: 'bodies', addresses: 'kept', clock: 'kept' },
  },
  blanked: { files: ['openssl-bigchain-mtu512.pcap'], choices: { names: 'blanked', applicationData: 'lengths' } },
  claims: { files: ['wolfssl13-hrr-group.pcap'], choices: { keys: 'messages' } },
  secrets: {
    files: ['openssl-resume-ticket.pcap'],
    choices: { keys: 'secrets', applicationData: 'bodies', associations: ['a1'] },
  },
  'tls13-connection-ids': { files: ['wolfssl13-cid-rebind.server.pcap'], choices: { keys: 'all-secrets' } },
  notes: { files: ['openssl-fail-unknown-ca.pcap'], choices: { notes: NOTES, title: '«Ünïcode» <title>' } },
  'two-points': { files: ['nat-pair-loss-dtls12.inside.pcap', 'nat-pair-loss-dtls12.outside.pcap'], choices: {} },
  text: { files: ['text-mbedtls-cert-debug4.client.txt'], choices: {} },
  'time-range': {
    files: ['openssl-loss-final-flight-x3.client.pcap'],
    choices: { timeRange: { fromMs: 0, toMs: 3000 } },
  },
};

/** What is written down of each, and has to be found again: facts, not sentences, which get better with time. */
function saidBy(trace: SharedTrace, session: Session) {
  const { title, redactions, notes, secrets, messages, datagrams } = trace;
  const { associations } = session.trace();
  return {
    ...{ title, redactions, notes, secrets: secrets.length, messages: messages.length, datagrams: datagrams.length },
    associations: associations.map((a) => ({
      ...{ outcome: a.outcome, version: a.version, cipherSuite: a.cipherSuite?.name ?? null, closed: a.closed },
      ...{ client: a.client, server: a.server, clientRandom: a.clientRandom, records: a.records },
      flights: a.handshakes.map((h) =>
        h.flights.map((f) => `${f.sender}: ${f.messages.join(' ')} ×${f.transmissions.length}`),
      ),
      certificates: [...a.certificates.client, ...a.certificates.server].map((c) => `${c.subject}, ${c.validity}`),
    })),
  };
}

async function write(name: string, { files, choices }: Wanted): Promise<void> {
  const session = await opened(...files);
  if (!session) throw new Error(`${name} does not open`);
  for (const file of files) giveKeys(session, file);
  const { trace } = shared(session, choices);
  const path = join(FOLDER, `v${FORMAT_VERSION}-${name}`);
  if (!existsSync(`${path}.txt`)) writeFileSync(`${path}.txt`, `#${await traceLink(trace)}~a1\n`);
  if (!existsSync(`${path}.json`))
    writeFileSync(`${path}.json`, `${JSON.stringify(saidBy(trace, received(trace)), null, 1)}\n`);
  if (name === 'two-points' && !existsSync(`${path}.dtlstrace`))
    writeFileSync(`${path}.dtlstrace`, await writeTraceFile(trace));
}

if (process.env.WRITE_LINKS === '1') {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, wanted] of Object.entries(WANTED)) await write(name, wanted);
}

const names = readdirSync(FOLDER);
const recorded = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));

describe('links of earlier days open to what they said', () => {
  test.each(names.filter((name) => name.endsWith('.txt')))('%s', async (name) => {
    const trace = await traceIn(readFileSync(join(FOLDER, name), 'utf8'));
    expect(JSON.parse(JSON.stringify(saidBy(trace, received(trace))))).toEqual(recorded(name.replace('.txt', '.json')));
  });

  test.each(names.filter((name) => name.endsWith('.dtlstrace')))('%s', async (name) => {
    const decoded = await openTraceFile(new Uint8Array(readFileSync(join(FOLDER, name))));
    if (decoded.kind !== 'trace') throw new Error(decoded.message);
    expect(JSON.parse(JSON.stringify(saidBy(decoded.trace, received(decoded.trace))))).toEqual(
      recorded(name.replace('.dtlstrace', '.json')),
    );
  });
});

test('each version has one of each kind', () => {
  for (let version = 1; version <= FORMAT_VERSION; version++) {
    const links = names.filter((name) => name.startsWith(`v${version}-`) && name.endsWith('.txt'));
    const kinds = links.map((name) => readFileSync(join(FOLDER, name), 'utf8').slice(0, 5));
    for (const kind of [`#${version}d.`, `#${version}ds.`])
      expect(
        kinds.some((head) => head.startsWith(kind)),
        kind,
      ).toBe(true);
    expect(names).toContain(`v${version}-two-points.dtlstrace`);
  }
});

test('a link that only names a place, and one to a server, are read as before', () => {
  expect(viewOnlyLink(new Uint8Array(32).fill(0xab))).toBe('1r.q6urq6urq6urq6urq6urqw');
  expect(splitLink('https://host/path/#1r.q6urq6urq6urq6urq6urqw~a2.r17.vt')).toEqual({
    ...{ version: 1, kind: 'view-only', secret: false, body: 'q6urq6urq6urq6urq6urqw', key: '', view: 'a2.r17.vt' },
  });
  expect(splitLink('https://host/path/#1ss.AbC_-1.Key~a1')).toEqual({
    ...{ version: 1, kind: 'stored', secret: true, body: 'AbC_-1', key: 'Key', view: 'a1' },
  });
});

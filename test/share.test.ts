/**
 * What leaves with a link and what its reader gets, over the whole collection: the same analysis, except for what was
 * redacted; and nothing that default choices promise to keep back. `SHARE_ALL=1` takes every capture, else every eighth.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../src/analysis/session.ts';
import { ip4Text } from '../src/capture/address.ts';
import { decodeFragments } from '../src/dtls/fragment.ts';
import { CONTENT_TYPE } from '../src/dtls/record.ts';
import { traceLink } from '../src/share/link.ts';
import { encodePayload } from '../src/share/payload.ts';
import { RecordSplitter } from '../src/share/record-knowledge.ts';
import type { SharedTrace } from '../src/share/shared-trace.ts';
import { openTraceFile, writeTraceFile } from '../src/share/trace-file.ts';
import { ByteReader } from '../src/wire/reader.ts';
import { fromHex } from '../src/wire/text.ts';
import { KNOWN } from './captures.ts';
import {
  allCaptures,
  asShared,
  differences,
  giveKeys,
  keyLogOf,
  opened,
  received,
  reportOf,
  shared,
  traceIn,
} from './shared-traces.ts';

const STRIDE = process.env.SHARE_ALL === '1' ? 1 : 8;
const FILES = allCaptures().filter((_, i) => i % STRIDE === 0);

interface Case {
  readonly file: string;
  readonly trace: SharedTrace;
  readonly link: string;
  /** What is wrong with the report of what was opened. */
  readonly wrong: readonly string[];
  readonly leaks: readonly string[];
}

describe.each(FILES)('%s, shared with default choices by somebody who has its keys', (file) => {
  let result: Case | null = null;
  beforeAll(async () => {
    result = await caseOf(file);
  });

  test('opens to the report that one gets without keys, but for what was redacted', () => {
    expect(result?.wrong ?? []).toEqual([]);
  });

  test('holds no original address, no key, no application data and no name of the file', () => {
    expect(result?.leaks ?? []).toEqual([]);
  });

  test('is the same in a file', async () => {
    if (!result) return;
    const decoded = await openTraceFile(await writeTraceFile(result.trace));
    expect(decoded).toEqual({ kind: 'trace', trace: await traceIn(result.link) });
  });
});

test('the search finds what is there: a link with everything in it holds all of that', async () => {
  const file = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
  const session = await opened(file);
  if (!session) throw new Error('does not open');
  giveKeys(session, file);
  const { trace } = shared(session, {
    ...{ applicationData: 'bodies', addresses: 'kept', clock: 'kept', keys: 'all-secrets' },
    title: `${file} hello from client`,
  });
  const leaks = leaksOf(file, session, trace, [{ from: '127.0.0.1', to: '192.0.2.1' }]).join('\n');
  for (const what of ['address 127.0.0.1', 'key CLIENT_RANDOM', 'application data', 'name of the file'])
    expect(leaks).toContain(what);
});

/** Null where the file is none that opens. */
async function caseOf(file: string): Promise<Case | null> {
  const [plain, session] = [await opened(file), await opened(file)];
  if (!plain || !session) return null;
  plain.forgetKeys();
  giveKeys(session, file);
  const gathered = shared(session);
  const link = await traceLink(gathered.trace);
  const trace = await traceIn(link);
  const wrong = differences(redacted(asShared(reportOf(plain), gathered)), redacted(reportOf(received(trace))));
  return { file, trace, link, wrong, leaks: leaksOf(file, session, trace, gathered.replaced) };
}

/** What sentences cannot say of a shared trace: on which day it was captured, and how long a cut record was. */
function redacted(report: unknown): unknown {
  return JSON.parse(
    JSON.stringify(report)
      .replaceAll(/, and the capture was taken on [^".]*/g, '')
      .replaceAll(/ends \d+ bytes? before|\d+ bytes promised, \d+ there/g, 'is cut')
      .replaceAll(/says that it has \d+ bytes with its header, and the datagram ends after \d+/g, 'is cut')
      .replaceAll(/"serverName":"([\d.]+|[\da-f:]+|x+)"/g, '"serverName":"an address"'),
  );
}

function leaksOf(
  file: string,
  session: Session,
  trace: SharedTrace,
  replaced: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const haystack = Buffer.from(encodePayload(withoutCertificates(trace)));
  const stand = new Set(replaced.map(({ to }) => to));
  const leaks: string[] = [];
  const words = namesOfFields(trace).join(' ');
  const look = (what: string, needle: Uint8Array | string) => {
    const sought = typeof needle === 'string' ? Buffer.from(needle) : Buffer.from(needle);
    if (words.includes(sought.toString('latin1'))) return;
    if (needle.length >= 4 && haystack.includes(sought)) leaks.push(what);
  };
  for (const { from } of replaced) {
    if (stand.has(from) || TELLS_NOTHING.has(from)) continue;
    look(`address ${from}`, from);
    const binary = binaryOf(from);
    if (binary) look(`address ${from} in binary`, binary);
  }
  for (const line of (keyLogOf(file) ?? '').split('\n')) {
    const secret = line.trim().split(' ')[2] ?? '';
    look(`key ${line}`, secret);
    look(`key ${line} in binary`, fromHex(secret) ?? '');
  }
  const known = KNOWN.find((capture) => capture.file === file);
  look('pre-shared key', fromHex(known?.psk ?? '') ?? '');
  for (const text of known?.plaintexts ?? []) look(`plaintext ${text}`, text);
  for (const { bytes } of session.plaintextOf(null))
    look(`application data ${Buffer.from(bytes).toString('hex')}`, bytes);
  look('name of the file', file);
  return leaks;
}

/** "first" and "time" are words of the format itself. */
function namesOfFields(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, one]) => [name, ...namesOfFields(one)]);
}

const TELLS_NOTHING: ReadonlySet<string> = new Set(['0.0.0.0', '::', '255.255.255.255']);

function binaryOf(address: string): Uint8Array | null {
  const bytes = Uint8Array.from(address.split('.').map(Number));
  return bytes.length === 4 && ip4Text(bytes, 0) === address ? bytes : null;
}

/** What certificates name is listed to the sharer by value: it stays. */
function withoutCertificates(trace: SharedTrace): SharedTrace {
  const splitter = new RecordSplitter([]);
  return {
    ...trace,
    datagrams: trace.datagrams.map((datagram) => {
      const payload = datagram.payload.slice();
      for (const record of splitter.recordsOf(payload)) {
        if (record.form !== 'plaintext' || record.contentType !== CONTENT_TYPE.handshake || record.epoch > 0) continue;
        const from = record.at.to - record.fragment.length;
        for (const { msgType, body, at } of decodeFragments(
          new ByteReader('packet', payload, undefined, from, record.at.to),
        ))
          if (msgType === CERTIFICATE) payload.fill(0, at.to - body.length, at.to);
      }
      return { ...datagram, payload };
    }),
  };
}

const CERTIFICATE = 11;

/**
 * What a large capture is treated to, tried on small ones: its bytes are read from the file again, it is read while it
 * is loaded or afterwards, and its application data stays closed until somebody looks.
 */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { SessionLimits } from '../src/analysis/opening.ts';
import { Session } from '../src/analysis/session.ts';
import { BytesGone, type CaptureSource } from '../src/capture/datagram.ts';
import { temporaryFile } from '../src/cli/temporary-file.ts';
import { writeReport } from '../src/report/report.ts';
import { bytesOf, KNOWN, textOf } from './captures.ts';
import { editedCapture } from './edited-capture.ts';

/** Of several kinds, with and without tunnels, fragments, connection IDs, losses. */
const FILES = KNOWN.filter((_, i) => i % 7 === 0).filter(({ file }) => /\.pcap(ng)?$/.test(file));

interface Reading {
  readonly limits?: SessionLimits;
  readonly again?: boolean;
  readonly keysLater?: boolean;
  readonly packed?: boolean;
}

function source(file: string, again: boolean, bytes = bytesOf(file)): CaptureSource {
  return {
    name: file,
    size: bytes.length,
    async *chunks() {
      const chunk = new Uint8Array(1000);
      for (let at = 0; at < bytes.length; at += chunk.length) {
        chunk.set(bytes.subarray(at, at + chunk.length));
        yield chunk.subarray(0, bytes.length - at);
        // It holds until the next one is asked for.
        chunk.fill(0xee);
      }
    },
    ...(again ? { readAt: (offset, length) => bytes.slice(offset, offset + length) } : {}),
  };
}

async function opened(
  file: string,
  keys: string | undefined,
  { limits, again, keysLater, packed }: Reading,
): Promise<Session> {
  const session = new Session(limits);
  const addKeys = () => keys && session.addKeyLog(textOf(keys), keys);
  if (!keysLater) addKeys();
  const { failures } = await session.open(
    [source(file, again ?? false, packed ? gzipSync(bytesOf(file)) : bytesOf(file))],
    {
      add: true,
    },
  );
  expect(failures).toEqual([]);
  if (keysLater) {
    session.trace();
    addKeys();
  }
  return session;
}

function told(session: Session): string {
  const { associations } = session.trace();
  const records = associations.flatMap((a) => session.association(a.id)?.records ?? []);
  const bodies = records.map(({ record }) => session.record(record)?.buffers.map(({ bytes }) => [...bytes].join()));
  const report = writeReport(session, { format: 'json', generator: '', ids: session.ids(), alone: false, data: true });
  return report + JSON.stringify(bodies);
}

describe.each(FILES)('$file', ({ file, keys }) => {
  test('says the same where its bytes are read from the file again', async () => {
    const kept = told(await opened(file, keys, {}));
    expect(told(await opened(file, keys, { again: true, limits: { keptBytes: 0 } }))).toBe(kept);
  });

  test('says the same where its bytes are put aside because they cannot be read again', async () => {
    const kept = told(await opened(file, keys, {}));
    for (const packed of [false, true])
      expect(told(await opened(file, keys, { packed, limits: { keptBytes: 0, scratch: temporaryFile } }))).toBe(kept);
  });

  test.runIf(keys)('says the same where the keys come afterwards', async () => {
    const before = told(await opened(file, keys, {}));
    expect(told(await opened(file, keys, { keysLater: true, again: true, limits: { keptBytes: 0 } }))).toBe(before);
  });
});

describe('application data that is left closed', () => {
  const FILE = 'openssl-big-appdata.pcap';
  const KEYS = 'openssl-big-appdata.keys';
  const KEYED = KNOWN.filter((_, i) => i % 5 === 0).filter(({ file, keys }) => keys && /\.pcap(ng)?$/.test(file));
  /** All but the sentence about it. */
  const saidOf = (session: Session) => {
    const { associations } = session.trace();
    const report = writeReport(session, {
      format: 'json',
      generator: '',
      ids: session.ids(),
      alone: false,
      data: true,
    });
    const { captures, ...said } = JSON.parse(report);
    expect(captures).toHaveLength(1);
    return { ...said, records: associations.map((a) => session.association(a.id)?.records) };
  };

  test.each(KEYED)('is told as if it had been opened: $file', async ({ file, keys }) => {
    const all = saidOf(await opened(file, keys, {}));
    expect(saidOf(await opened(file, keys, { limits: { dataBytes: 0 } }))).toEqual(all);
  });

  describe('of DTLS 1.3, where a byte was turned,', () => {
    const FILE_13 = 'wolfssl13-clean-aes128gcm.pcap';
    /** Its record of application data: five bytes of header, five of content, one of type, the tag. */
    const DATAGRAM = 13;
    const stateOf = async (turned: number, limits: SessionLimits) => {
      const session = new Session(limits);
      session.addKeyLog(textOf('wolfssl13-clean-aes128gcm.keys'), 'keys');
      const turn = (payload: Uint8Array) => payload.map((byte, i) => (i === turned ? byte ^ 0x80 : byte));
      const edited = await editedCapture(FILE_13, (datagrams) =>
        datagrams.map((d, i) => (i === DATAGRAM ? { ...d, payload: turn(d.payload) } : d)),
      );
      await session.open([edited], { add: true });
      return session.association('a1')?.records[DATAGRAM]?.state;
    };

    test.each([
      ['its number', 1],
      ['the bytes that hide its number', 5],
      ['its content type', 10],
    ])('it is noticed: %s', async (_what, at) => {
      expect(await stateOf(at, {})).toBe('undecryptable');
      expect(await stateOf(at, { dataBytes: 0 })).toBe('undecryptable');
    });

    test('it is not noticed in what is not looked at: the tag', async () => {
      expect(await stateOf(26, {})).toBe('undecryptable');
      expect(await stateOf(26, { dataBytes: 0 })).toBe('decrypted');
    });
  });

  test('counts as decrypted, with its length, and a sentence says so', async () => {
    const [whole, skipped] = await Promise.all([
      opened(FILE, KEYS, {}),
      opened(FILE, KEYS, { limits: { dataBytes: 0 } }),
    ]);
    const [all, counted] = [whole.trace().associations[0], skipped.trace().associations[0]];
    expect(all?.applicationData.server.bytes).toBeGreaterThan(0);
    expect(counted?.applicationData).toEqual(all?.applicationData);
    expect(counted?.records).toEqual(all?.records);
    expect(skipped.trace().captures[0]?.problems.map((p) => p.message)).toContainEqual(
      expect.stringMatching(/\d+ records of it were not opened one by one/),
    );
    expect(whole.trace().captures[0]?.problems).toEqual([]);
  });

  test('is opened when somebody looks at it', async () => {
    const [whole, skipped] = await Promise.all([
      opened(FILE, KEYS, {}),
      opened(FILE, KEYS, { limits: { dataBytes: 0 } }),
    ]);
    const bytes = (session: Session) => session.plaintextOf(null).map((unit) => [...unit.bytes].join());
    expect(bytes(whole).length).toBeGreaterThan(0);
    expect(bytes(skipped)).toEqual(bytes(whole));
  });
});

describe('a file that changes while it is open', () => {
  test('is told in a sentence when its bytes are wanted', async () => {
    let bytes = bytesOf('openssl-psk-aes128-ccm8.pcap');
    const session = new Session({ keptBytes: 0 });
    const open: CaptureSource = {
      name: 'a.pcap',
      size: bytes.length,
      async *chunks() {
        yield bytes.slice();
      },
      readAt: (offset, length) => bytes.slice(offset, offset + length),
    };
    await session.open([open], { add: true });
    bytes = bytes.slice(0, 500);
    const look = () => session.trace().associations.length > 0 && session.record(11);
    expect(look).toThrow(BytesGone);
    expect(look).toThrow('a.pcap cannot be read any more: it has become shorter; open it again.');
  });
});

/** Captures of one kind of file, so that they are read as one. */
const TOGETHER = FILES.filter(({ file }) => file.endsWith('.pcap')).slice(0, 12);

test('the same is said where messages are forgotten as soon as others are asked for', async () => {
  const together = async (limits: SessionLimits) => {
    const session = new Session(limits);
    for (const { keys } of TOGETHER) if (keys) session.addKeyLog(textOf(keys), keys);
    await session.open(
      TOGETHER.map(({ file }) => source(file, false)),
      { add: true },
    );
    return session;
  };
  const kept = await together({});
  expect(kept.trace().associations.length).toBeGreaterThan(TOGETHER.length / 2);
  expect(told(await together({ loadedAssociations: 1 }))).toBe(told(kept));
});

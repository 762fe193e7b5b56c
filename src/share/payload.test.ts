/** The bytes behind a link: written and read again they are the same, and what was tampered with is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash } from '../crypto/hashes.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { fillLeftOut, readDatagrams, writeDatagrams } from './columns.ts';
import { deflate, inflate } from './deflate.ts';
import { LINK_LIMITS } from './limits.ts';
import { openLink, splitLink, traceLink } from './link.ts';
import { decodePayload, encodePayload, type Sections } from './payload.ts';
import type { SharedDatagram, SharedTrace } from './shared-trace.ts';
import { openTraceFile, writeTraceFile } from './trace-file.ts';
import { FORMAT_VERSION } from './upgraders.ts';
import { ByteSource, ByteWriter, Damaged } from './varint.ts';

const natural = fc.maxSafeNat();
const bytes = (maxLength: number) => fc.uint8Array({ maxLength });

/** Kept bytes and left-out runs in turns, as they are rebuilt. */
const rebuilt = fc
  .array(fc.record({ kept: bytes(20), out: fc.nat(40), same: fc.nat(70_000) }), { maxLength: 4 })
  .map((parts) => {
    const leftOut: SharedDatagram['leftOut'][number][] = [];
    const all: number[] = [];
    for (const { kept, out, same } of parts) {
      all.push(...kept);
      leftOut.push({ from: all.length, length: out, same });
      all.push(...new Array<number>(out).fill(0));
    }
    const payload = Uint8Array.from(all);
    for (const run of leftOut) fillLeftOut(payload, run);
    return { payload, leftOut };
  });

const datagram: fc.Arbitrary<SharedDatagram> = fc
  .record({
    capture: fc.nat(1),
    packet: fc.nat(2 ** 40),
    time: fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
    flow: fc.nat(1),
    rebuilt,
    pieces: fc.array(fc.record({ packet: fc.nat(2 ** 40), length: fc.nat(65_535) }), { maxLength: 3 }),
    missing: fc.nat(65_535),
    ttl: fc.option(fc.nat(255)),
    ipId: fc.option(fc.nat(100_000)),
    ipVersion: fc.constantFrom(null, 4 as const, 6 as const),
  })
  .map(({ rebuilt: { payload, leftOut }, ...rest }) => ({ ...rest, payload, leftOut }));

const TRACE: SharedTrace = {
  title: '',
  generator: 'test',
  redactions: {
    ...{ scope: 'all', applicationData: 'marks', addresses: 'replaced', clock: 'relative', names: 'kept' },
    ...{ certificates: 'kept', keys: 'none', altered: false },
  },
  origin: null,
  ports: [],
  captures: [0, 1].map((n) => ({
    ...{ name: `shared trace ${n}`, format: 'pcap', linkTypes: [1], packets: 9, udpDatagrams: 9 },
    ...{ ipFragmentsReassembled: 0, first: 0, last: 5, timeDigits: 6, problems: [] },
  })),
  endpoints: [{ address: '192.0.2.1', port: 5684, reach: 'private' }],
  flows: [0, 1].map((n) => ({ source: 0, destination: 0, directed: n === 0, tag: '', carriers: [] })),
  datagrams: [],
  surroundings: null,
  validity: {},
  messages: [],
  secrets: [],
  notes: [],
};

const trace: fc.Arbitrary<SharedTrace> = fc
  .record({
    title: fc.string({ unit: 'binary', maxLength: 60 }),
    origin: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }).map(String)),
    ports: fc.array(fc.nat(65_535), { maxLength: 5 }),
    datagrams: fc.array(datagram, { maxLength: 8 }),
    secrets: fc.array(fc.string({ maxLength: 80 }), { maxLength: 3 }),
    messages: fc.array(
      fc.record({
        ...{ capture: fc.nat(1), packet: natural, record: natural, contentType: fc.nat(255), epoch: natural },
        ...{ sequenceNumber: natural, plaintext: bytes(50) },
      }),
      { maxLength: 3 },
    ),
  })
  .map((parts) => ({ ...TRACE, ...parts }));

/** As a hostile sharer makes it: with a checksum that fits. */
function sealed(version: number, sections: readonly (readonly [type: number, body: Uint8Array])[]): Uint8Array {
  const w = new ByteWriter();
  for (const byte of [0x44, 0x54, version]) w.uint8(byte);
  for (const [type, body] of sections) {
    w.uint8(type);
    w.varint(body.length);
    w.bytes(body);
  }
  w.bytes(hash('sha256', w.result()).subarray(0, 8));
  return w.result();
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function sectionsOf(payload: Uint8Array): Map<number, Uint8Array> {
  const source = new ByteSource(payload.subarray(3, -8));
  const sections = new Map<number, Uint8Array>();
  while (source.remaining > 0) sections.set(source.uint8(), source.bytes(source.varint()));
  return sections;
}

/** The payload of an empty trace with some sections other than they are. */
function withSections(others: { readonly [type: number]: Uint8Array }): Uint8Array {
  const sections = sectionsOf(encodePayload(TRACE));
  for (const [type, body] of Object.entries(others)) sections.set(Number(type), body);
  return sealed(FORMAT_VERSION, [...sections]);
}

function withHeader(change: (header: string) => string): Uint8Array {
  const header = new TextDecoder().decode(sectionsOf(encodePayload(TRACE)).get(1));
  return withSections({ 1: utf8(change(header)) });
}

function refusal(payload: Uint8Array): string {
  const decoded = decodePayload(payload, LINK_LIMITS);
  return decoded.kind === 'unusable' ? decoded.message : 'opened';
}

describe('written and read again it is the same', () => {
  test('numbers', () => {
    fc.assert(
      fc.property(fc.array(natural), fc.array(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 })), (plain, signed) => {
        const w = new ByteWriter();
        for (const n of plain) w.varint(n);
        for (const n of signed) w.signed(n);
        const source = new ByteSource(w.result());
        expect(plain.map(() => source.varint())).toEqual(plain);
        expect(signed.map(() => source.signed())).toEqual(signed);
        expect(source.remaining).toBe(0);
      }),
    );
  });

  test('bytes as letters', () => {
    fc.assert(
      fc.property(bytes(200), (given) => {
        const text = toBase64url(given);
        expect(text).toBe(Buffer.from(given).toString('base64url'));
        expect(fromBase64url(text)).toEqual(given);
      }),
    );
  });

  test('datagrams in columns', () => {
    fc.assert(
      fc.property(fc.array(datagram, { maxLength: 12 }), (datagrams) => {
        expect(readDatagrams(writeDatagrams(datagrams), 2, 2, LINK_LIMITS)).toEqual(datagrams);
      }),
    );
  });

  test('whole traces: as payload, as link, as file', async () => {
    await fc.assert(
      fc.asyncProperty(trace, async (given) => {
        expect(decodePayload(encodePayload(given), LINK_LIMITS)).toEqual({ kind: 'trace', trace: given });
        const parts = splitLink(`https://host/path/#${await traceLink(given)}~a1.r2`);
        if (!parts) throw new Error('no link');
        expect([parts.view, parts.secret]).toEqual(['a1.r2', given.secrets.length + given.messages.length > 0]);
        expect(await openLink(parts)).toEqual({ kind: 'trace', trace: given });
        expect(await openTraceFile(await writeTraceFile(given))).toEqual({ kind: 'trace', trace: given });
      }),
      { numRuns: 40 },
    );
  });
});

describe('whatever is opened, the answer is a trace or a sentence', () => {
  const isAnswer = (answer: { kind: string; message?: string }) =>
    answer.kind === 'trace' || (answer.kind === 'unusable' && (answer.message ?? '').length > 10);

  test('any bytes, any text', async () => {
    await fc.assert(
      fc.asyncProperty(bytes(300), fc.string({ maxLength: 100 }), async (given, text) => {
        expect(isAnswer(decodePayload(given, LINK_LIMITS))).toBe(true);
        expect(isAnswer(await openTraceFile(new Uint8Array(given)))).toBe(true);
        const parts = splitLink(`#1d.${text}`) ?? splitLink(`#1d.${toBase64url(given)}`);
        expect(parts && isAnswer(await openLink(parts))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('any content of the sections, under a checksum that fits', () => {
    const section = fc.tuple(fc.constantFrom(1, 3, 4, 6, 7, 10, 12), fc.oneof(bytes(200), fc.json().map(utf8)));
    fc.assert(
      fc.property(fc.nat(3), fc.array(section, { maxLength: 5 }), (version, sections) => {
        expect(isAnswer(decodePayload(sealed(version, sections), LINK_LIMITS))).toBe(true);
      }),
    );
  });

  test('columns with a byte changed, under a checksum that fits', () => {
    fc.assert(
      fc.property(trace, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, place, flip) => {
        const sections = sectionsOf(encodePayload(given));
        const columns = sections.get(3)?.slice() ?? new Uint8Array();
        const at = place % columns.length;
        columns[at] = (columns[at] ?? 0) ^ flip;
        expect(isAnswer(decodePayload(sealed(1, [...sections.set(3, columns)]), LINK_LIMITS))).toBe(true);
      }),
    );
  });

  test('a link that was cut, or of which a letter was changed, says so', async () => {
    const link = await traceLink({ ...TRACE, title: 'one that is long enough to be cut in many places' });
    for (let length = 3; length < link.length; length += 7) {
      const parts = splitLink(link.slice(0, length));
      if (!parts) throw new Error('no link');
      const answer = await openLink(parts);
      expect(answer.kind === 'unusable' && answer.message).toMatch(/damaged/);
    }
    for (let at = 3; at < link.length - 1; at += 5) {
      const letter = link[at] === 'A' ? 'B' : 'A';
      const parts = splitLink(link.slice(0, at) + letter + link.slice(at + 1));
      if (!parts) throw new Error('no link');
      expect((await openLink(parts)).kind).toBe('unusable');
    }
  });
});

describe('what is made to fill memory is refused', () => {
  test('a few bytes that inflate to many', async () => {
    const bomb = await deflate(new Uint8Array(50 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(60_000);
    expect(await inflate(bomb, 1024 * 1024)).toEqual({ kind: 'too-large' });
    const parts = splitLink(`1d.${toBase64url(bomb)}`);
    expect(parts && (await openLink(parts))).toEqual({
      kind: 'unusable',
      message: 'unpacks to more than 8 MB, which no trace of ours does.',
    });
  });

  test.each([
    ['datagrams', [2 ** 40]],
    ['datagrams', [20_001]],
    ['datagrams that are not there', [1000]],
  ])('counts of %s', (_, numbers) => {
    const w = new ByteWriter();
    for (const n of numbers) w.varint(n);
    expect(refusal(withSections({ 3: w.result() }))).toMatch(/has too many datagrams/);
  });

  test('many large datagrams of nothing', () => {
    const count = 2000;
    const w = new ByteWriter();
    w.varint(count);
    // Capture, packet, time, flow; then lengths that sum up to 131 MB.
    for (let i = 0; i < 4 * count; i++) w.varint(0);
    for (let i = 0; i < count; i++) w.varint(65_535);
    for (let i = 0; i < 8 * count; i++) w.varint(0);
    expect(refusal(withSections({ 3: w.result() }))).toMatch(/is too large/);
  });

  test('more runs that were left out than any trace has', () => {
    const w = new ByteWriter();
    w.varint(1);
    for (let i = 0; i < 5; i++) w.varint(0);
    w.varint(100_000);
    w.bytes(new Uint8Array(300_000));
    expect(refusal(withSections({ 3: w.result() }))).toMatch(/has too many parts/);
  });

  test('JSON of a size that no trace has', () => {
    expect(refusal(withSections({ 10: utf8(`[${'0,'.repeat(600_000)}0]`) }))).toMatch(/has a part that is too large/);
  });

  test('more notes than people write', () => {
    const note = { id: 'a', anchor: { on: 'trace' }, to: null, text: '', shape: 'star', judgement: null, author: '' };
    expect(refusal(withSections({ 4: utf8(JSON.stringify(new Array(501).fill(note))) }))).toMatch(/too long/);
  });
});

describe('JSON of unknown origin', () => {
  test('names of prototypes are names like others, and reach none', () => {
    const header = (json: string) =>
      json.replace('"title":""', '"title":"t","__proto__":{"polluted":1},"constructor":{}');
    const decoded = decodePayload(withHeader(header), LINK_LIMITS);
    expect(decoded.kind === 'trace' && decoded.trace.title).toBe('t');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    const validity = withHeader((json) =>
      json.replace('"validity":{}', '"validity":{"__proto__":"valid","a":"valid"}'),
    );
    const opened = decodePayload(validity, LINK_LIMITS);
    expect(opened.kind === 'trace' && Object.entries(opened.trace.validity)).toEqual([['a', 'valid']]);
  });

  test('nesting without end is a sentence', () => {
    expect(refusal(withSections({ 4: utf8('['.repeat(500_000)) }))).toMatch(/no JSON/);
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(refusal(withSections({ 4: utf8(deep) }))).toMatch(/^was altered/);
    expect(refusal(withHeader((json) => json.replace('"title":""', `"title":"","more":${deep}`)))).toBe('opened');
  });

  test.each([
    ['half of a surrogate pair', '"\\ud800"', '\ud800'],
    ['a zero byte', '"\\u0000"', '\0'],
    ['markup', '"<img src=x onerror=alert(1)>"', '<img src=x onerror=alert(1)>'],
    ['a text that turns writing around', '"\\u202e"', '\u202e'],
  ])('%s stays text', (_, written, read) => {
    const decoded = decodePayload(
      withHeader((json) => json.replace('"title":""', `"title":${written}`)),
      LINK_LIMITS,
    );
    expect(decoded.kind === 'trace' && decoded.trace.title).toBe(read);
  });

  test.each([
    ['a number for a text', '"title":""', '"title":1'],
    ['a fraction for a whole number', '"packets":9', '"packets":9.5'],
    ['a number that is not exact', '"packets":9', '"packets":1e300'],
    ['a port that is none', '"port":5684', '"port":70000'],
    ['an unknown choice', '"applicationData":"marks"', '"applicationData":"all"'],
    ['a flow between strangers', '"source":0', '"source":7'],
    ['a missing list', '"flows":[', '"flaws":['],
  ])('%s is refused', (_, from, to) => {
    expect(refusal(withHeader((json) => json.replace(from, to)))).toMatch(/^was altered: it .*\.$/);
  });

  test('bytes that are no UTF-8 are refused', () => {
    expect(refusal(withSections({ 4: Uint8Array.of(0x22, 0xff, 0x22) }))).toMatch(/no JSON/);
  });
});

describe('versions', () => {
  const known = [...sectionsOf(encodePayload(TRACE))];

  test('unknown parts are skipped where their number is even, and refuse the whole where it is odd', () => {
    expect(refusal(sealed(1, [...known, [20, utf8('?')]]))).toBe('opened');
    expect(refusal(sealed(1, [...known, [21, utf8('?')]]))).toMatch(/needs a newer version/);
  });

  test('a newer version is named, one that never was is damage', () => {
    expect(refusal(sealed(2, known))).toBe('needs version 2 of the format, this page knows 1: reload the page.');
    expect(refusal(sealed(0, known))).toMatch(/version that never was/);
  });

  test('a part twice is damage: two readers might take different ones', () => {
    expect(refusal(sealed(1, [...known, [3, Uint8Array.of(0)]]))).toMatch(/twice/);
  });

  test('a page of the future opens what was shared today, one step after the other', () => {
    const steps: string[] = [];
    const renamed = (from: string, to: string) => (sections: Sections) => {
      steps.push(`${from} to ${to}`);
      const header = new TextDecoder().decode(sections.get(1)).replace(`"title":"${from}"`, `"title":"${to}"`);
      return new Map([...sections, [1, utf8(header)]]);
    };
    const format = { version: 3, upgraders: [renamed('one', 'two'), renamed('two', 'three')] };
    const today = encodePayload({ ...TRACE, title: 'one' });
    const decoded = decodePayload(today, LINK_LIMITS, format);
    expect(decoded.kind === 'trace' && decoded.trace.title).toBe('three');
    expect(steps).toEqual(['one to two', 'two to three']);
    const later = decodePayload(sealed(2, sectionsOfTitle('two')), LINK_LIMITS, format);
    expect(later.kind === 'trace' && later.trace.title).toBe('three');
  });

  function sectionsOfTitle(title: string) {
    return [...sectionsOf(encodePayload({ ...TRACE, title }))];
  }
});

test('numbers that no writer writes are damage', () => {
  const source = (...given: number[]) => new ByteSource(Uint8Array.from(given));
  expect(() => source(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff).varint()).toThrow(Damaged);
  expect(() => source(0x80).varint()).toThrow(Damaged);
  expect(() => source(...new Array<number>(200).fill(0x80), 0).varint()).toThrow(Damaged);
  expect(() => source(1).bytes(2)).toThrow(Damaged);
});

/** The bytes behind a link: written and read again they are the same; damage and other versions are told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytes,
  datagram,
  natural,
  refusal,
  sealed,
  sectionsOf,
  TRACE,
  trace,
  utf8,
} from '../../test/share-payloads.ts';
import { fromBase64url, toBase64url } from './base64url.ts';
import { readDatagrams, writeDatagrams } from './columns.ts';
import { shortName } from './key-names.ts';
import { LINK_LIMITS } from './limits.ts';
import { openLink, splitLink, traceLink } from './link.ts';
import { decodePayload, encodePayload, type Sections } from './payload.ts';
import { openTraceFile, writeTraceFile } from './trace-file.ts';
import { ByteSource, ByteWriter, Damaged } from './varint.ts';

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
    const TITLE = shortName('title');
    const steps: string[] = [];
    const renamed = (from: string, to: string) => (sections: Sections) => {
      steps.push(`${from} to ${to}`);
      const header = new TextDecoder().decode(sections.get(1)).replace(`"${TITLE}":"${from}"`, `"${TITLE}":"${to}"`);
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

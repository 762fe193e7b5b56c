/** Notes leave and come back as they were, whatever their text is; files of unknown origin do no harm. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Anchor, Note } from './notes.ts';
import { EMPTY_BOOK, merged, notesIn, readBook, revised, stepped, writtenBook } from './notes-book.ts';
import { looksLikeNotesJson, notesJson, readNotesJson } from './notes-json.ts';
import { looksLikeNotesMarkdown, notesMarkdown, readNotesMarkdown } from './notes-markdown.ts';
import { notePieces } from './notes-text.ts';
import { Damaged } from './varint.ts';

const count = fc.nat(100_000);
const place = fc.record({ capture: fc.nat(9), packet: count, record: fc.integer({ min: 1, max: 99 }) });
const text = (maxLength: number) =>
  fc.string({ maxLength, unit: fc.constantFrom(...'ab `<>!-_*[](){}#\n\\"&\u202e\u2066é😀'.split('')) });
const anchor: fc.Arbitrary<Anchor> = fc.oneof(
  fc.record({ on: fc.constant('record' as const), at: place }),
  fc.record({ on: fc.constant('bytes' as const), at: place, buffer: fc.constant('record'), from: count, to: count }),
  fc.record({ on: fc.constant('flight' as const), at: place, flight: count, transmission: count }),
  fc.record({ on: fc.constant('message' as const), at: place, name: text(80) }),
  fc.record({ on: fc.constant('time' as const), at: place, fromMs: number(), toMs: number() }),
  fc.record({ on: fc.constant('finding' as const), at: fc.option(place), rule: text(80) }),
  fc.record({ on: fc.constant('trace' as const) }),
);
const id = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'abcxyz019'.split('')) });
const note: fc.Arbitrary<Note> = fc.record({
  id,
  anchor,
  to: fc.option(anchor),
  text: fc.oneof(text(300), fc.constantFrom(...SAMPLES())),
  shape: fc.constantFrom('square', 'circle', 'triangle', 'star'),
  judgement: fc.constantFrom(null, 'confirmed', 'rejected'),
  author: text(20),
});
const notes = fc.uniqueArray(note, { selector: (one) => one.id, maxLength: 8 });

function number() {
  return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
}

function SAMPLES(): readonly string[] {
  return [
    'Line one\n\n  two: `a <b> \\` and https://example.org/a_b?c=*d*.\n> not a quotation',
    '<!-- dtlscope-note {"id":"x"} -->',
    '`<!-- dtlscope-note ` --> # `',
    '## 1. heading\n- list\n1. list\n\\',
  ];
}

describe('files of notes', () => {
  test('JSON gives back what was written', () => {
    fc.assert(
      fc.property(notes, (list) => {
        const file = notesJson(list, ['a.pcap'], 'dtlscope 1');
        expect(looksLikeNotesJson(file.slice(0, 100))).toBe(true);
        expect(readNotesJson(file)).toEqual(list);
      }),
    );
  });

  test('Markdown gives back what was written, also with other line ends', () => {
    fc.assert(
      fc.property(notes, (list) => {
        fc.pre(list.length > 0);
        const file = notesMarkdown(list, 'Notes on a.pcap', () => 'packet 1');
        expect(readNotesMarkdown(file)).toEqual(list);
        expect(readNotesMarkdown(file.replaceAll('\n', '\r\n'))).toEqual(list);
      }),
    );
  });

  test('Markdown shows place, author and text, and nothing in the text is markup', () => {
    const [one] = fc.sample(note, { numRuns: 1, seed: 1 });
    if (!one) throw new Error('no note');
    const file = notesMarkdown(
      [{ ...one, text: '<img src=x> *not bold*\nsee `code`', judgement: null, author: 'Ann' }],
      'Notes on a.pcap',
      () => 'packet 12, 3.4 ms',
    );
    expect(file).toContain('# Notes on a\\.pcap');
    expect(file).toContain('## 1. packet 12, 3\\.4 ms, by Ann');
    expect(file).toContain('> \\<img src=x\\> \\*not bold\\*\\\n> see `code`');
    expect(looksLikeNotesMarkdown(file.slice(0, 2000))).toBe(true);
  });

  test('a text that somebody changed in the file is read as it now is', () => {
    const [one] = fc.sample(note, { numRuns: 1, seed: 2 });
    if (!one) throw new Error('no note');
    const file = notesMarkdown([{ ...one, text: 'before' }], 'Notes', () => 'packet 1');
    expect(readNotesMarkdown(file.replace('> before', '> after\n> all'))[0]?.text).toBe('after\nall');
  });

  test('whatever else comes in is refused with a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((s) => `<!-- dtlscope-note ${s}`),
        ),
        (file) => {
          for (const read of [readNotesJson, readNotesMarkdown]) expect(() => read(file)).toThrow(Damaged);
        },
      ),
    );
    expect(() => readNotesJson('{"dtlscopeNotes":2,"notes":[]}')).toThrow('version 2');
  });

  test('a file that was altered gives notes within the limits, or a sentence', () => {
    fc.assert(
      fc.property(notes, fc.nat(), fc.string({ maxLength: 3 }), (list, at, put) => {
        for (const [file, read] of [
          [notesJson(list, [], ''), readNotesJson],
          [notesMarkdown(list, '', () => ''), readNotesMarkdown],
        ] as const) {
          const from = at % (file.length + 1);
          try {
            for (const one of read(file.slice(0, from) + put + file.slice(from + 1)))
              expect(one.text.length).toBeLessThanOrEqual(2000);
          } catch (failure) {
            expect(failure).toBeInstanceOf(Damaged);
          }
        }
      }),
    );
  });
});

describe('text of a note', () => {
  const shown = (written: string) => notePieces(written).map(({ is, text: what }) => `${is}: ${what}`);

  test('has code and addresses of the web, and nothing else', () => {
    expect(shown('See `a <b>` at https://example.org/x?y=1. <script>alert(1)</script> [a](javascript:b)')).toEqual([
      'text: See ',
      'code: a <b>',
      'text:  at ',
      'link: https://example.org/x?y=1',
      'text: . <script>alert(1)</script> [a](javascript:b)',
    ]);
  });

  test('addresses that hide where they lead stay text', () => {
    expect(shown('https://bank.example@evil.example/ javascript:alert(1) data:text/html,x http://')).toHaveLength(1);
  });

  test('what nobody sees is shown', () => {
    expect(shown('a\u202eb\u0007')).toEqual(['text: a', 'sign: \u202e', 'text: b', 'sign: \u0007']);
  });

  test('pieces say all that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        const joined = notePieces(written)
          .map(({ text: what }) => what)
          .join('');
        expect(joined.replaceAll('`', '')).toBe(written.replace(/\r\n?/g, '\n').replaceAll('`', ''));
      }),
    );
  });
});

describe('the book of notes', () => {
  const [a, b, c] = fc
    .sample(note, { numRuns: 3, seed: 7 })
    .map((one, i): Note => ({ ...one, id: `n${i}`, text: `text ${i}` }));
  if (!a || !b || !c) throw new Error('no notes');

  test('keeps the order, and counts revisions only of what changed', () => {
    const first = revised(EMPTY_BOOK, [a, b, c]);
    const moved = revised(first, [b, a, c]);
    expect(notesIn(moved)).toEqual([b, a, c]);
    expect([...moved.values()].map(({ revision }) => revision)).toEqual([2, 2, 1]);
    expect(notesIn(revised(moved, [a]))).toEqual([a]);
    expect(revised(first, notesIn(first))).toEqual(first);
  });

  test('two windows that write at once lose nothing', () => {
    const base = revised(EMPTY_BOOK, [a]);
    const here = revised(base, [a, b]);
    const there = revised(base, [{ ...a, text: 'changed' }, c]);
    for (const both of [merged(here, there), merged(there, here)])
      expect(notesIn(both).map(({ text: t }) => t)).toEqual(['changed', 'text 1', 'text 2']);
    const deleted = revised(there, [c]);
    expect(notesIn(merged(here, deleted))).toEqual([b, c]);
  });

  test('merging is the same in any order, and again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(notes, { minLength: 1, maxLength: 3 }), fc.array(notes, { maxLength: 3 }), (x, y) => {
        const [one, other] = [x, y].map((steps) => steps.reduce(revised, EMPTY_BOOK));
        if (!one || !other) return;
        const both = merged(one, other);
        expect(notesIn(merged(other, one))).toEqual(notesIn(both));
        expect(notesIn(merged(both, other))).toEqual(notesIn(both));
      }),
    );
  });

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.array(notes, { maxLength: 3 }), (steps) => {
        const book = steps.reduce(revised, EMPTY_BOOK);
        expect(readBook(JSON.parse(JSON.stringify(writtenBook(book))))).toEqual(book);
        expect(notesIn(book)).toEqual(steps.at(-1) ?? []);
      }),
    );
    expect(() => readBook([{ note: null }])).toThrow(Damaged);
  });

  test('a step back leaves alone what came from elsewhere', () => {
    expect(stepped([a, b, c], [a, b], [a])).toEqual([a, c]);
    expect(stepped([c], [a], [a, b])).toEqual([b, c]);
    expect(stepped([{ ...a, text: 'elsewhere' }, b], [a, b], [a, { ...b, text: 'old' }])).toEqual([
      { ...a, text: 'elsewhere' },
      { ...b, text: 'old' },
    ]);
  });
});

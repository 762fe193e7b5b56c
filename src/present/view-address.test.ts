import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SORT_KEYS } from './association-columns.ts';
import {
  linkIn,
  placeInLink,
  placeInWords,
  readAddress,
  USUAL_VIEW,
  type ViewAddress,
  writeAddress,
} from './view-address.ts';

test.each<[string, Partial<ViewAddress>]>([
  ['#~a1.r17.vt', { association: 'a1', record: 17, view: 'table' }],
  ['#sample=reboot~a2.f2-0-1.bplaintext', { association: 'a2', field: '2.0.1', buffer: 'plaintext' }],
  [
    '#~a1.ohvr-lost_0.sfacts.clinear.xlinear',
    { association: 'a1', finding: 'hvr-lost 0', side: 'facts', scale: 'linear', axis: 'linear' },
  ],
  ['#~a1.o', { association: 'a1', finding: '' }],
  [
    '#~qstatus:failed_version:1%2E3.zhandshake-down',
    { filter: 'status:failed version:1.3', sort: { key: 'handshake', descending: true } },
  ],
  ['#sample=clean', {}],
  ['', {}],
])('%s reads and writes as the same place', (hash, parts) => {
  const view = { ...USUAL_VIEW, ...parts };
  const sample = /sample=(\w+)/.exec(hash)?.[1] ?? null;
  expect(readAddress(hash)).toEqual({ sample, link: null, view });
  expect(writeAddress({ sample, link: null, view })).toBe(hash);
});

test.each([
  ['#sample=clean~a1.k99.r3', 'a letter nobody knows'],
  ['#sample=clean~r3..a1.', 'another order, and empty words'],
  ['#sample=clean~a1.r3.r-5.vz.a0.bcellar', 'values that make no sense'],
  ['#sample=clean~a1.r3.vs.bpacket.sfindings.cfolded.xmagnified.zorder', 'usual values spelled out'],
])('%s: %s changes nothing', (hash) => {
  expect(readAddress(hash)).toEqual({
    sample: 'clean',
    link: null,
    view: { ...USUAL_VIEW, association: 'a1', record: 3 },
  });
});

test.each([
  '#sample=../../etc/passwd',
  '#sample=<img>',
  '#sample=',
  '#~q%E0%A4',
  '#~a1e3.r1e3.f1--2.b__proto__.v__proto__.zconstructor',
  '#~r99999999999999999999',
])('%s names nothing', (hash) => {
  expect(readAddress(hash)).toEqual({ sample: null, link: null, view: USUAL_VIEW });
});

const count = fc.integer({ min: 1, max: 999_999_999 });
const anyView: fc.Arbitrary<ViewAddress> = fc.record({
  association: fc.option(count.map((n) => `a${n}`)),
  record: fc.option(count),
  field: fc.option(fc.array(fc.nat(9999), { minLength: 1, maxLength: 8 }).map((path) => path.join('.'))),
  buffer: fc.constantFrom('packet', 'plaintext', 'message', 'message-2' as const),
  finding: fc.option(fc.string({ unit: 'grapheme', maxLength: 60 })),
  view: fc.constantFrom('sequence', 'table', 'data', 'statistics'),
  side: fc.constantFrom('findings', 'facts'),
  scale: fc.constantFrom('folded', 'linear'),
  axis: fc.constantFrom('magnified', 'linear'),
  filter: fc.string({ unit: 'grapheme', maxLength: 60 }),
  sort: fc.record({ key: fc.constantFrom(...SORT_KEYS), descending: fc.boolean() }),
});

test('every view has an address that leads back to it, of letters that survive in a chat', () => {
  fc.assert(
    fc.property(anyView, fc.option(fc.constantFrom('clean', 'flight-4-lost', 'dtls-1-0')), (view, sample) => {
      const hash = writeAddress({ sample, link: null, view });
      expect(hash).toMatch(/^(#[\w~.%:=-]+)?$/);
      expect(readAddress(hash)).toEqual({ sample, link: null, view });
    }),
  );
});

test('whatever stands in the address is read as some view, and what that writes is read as the same', () => {
  const words = fc.array(fc.tuple(fc.constantFrom(...'arfbovscxqzk%'), fc.string({ unit: 'binary', maxLength: 12 })));
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    words.map((list) => `#~${list.map(([letter, value]) => letter + value).join('.')}`),
  );
  fc.assert(
    fc.property(hostile, (hash) => {
      const read = readAddress(hash);
      expect(readAddress(writeAddress(read))).toEqual(read);
    }),
  );
});

test('a place in words', () => {
  expect(placeInWords({ ...USUAL_VIEW, association: 'a12', record: 17 })).toBe('association 12, record 17');
  expect(placeInWords(USUAL_VIEW)).toBeNull();
});

test.each([
  ['#1d.aBc-_9~a1.r3', '1d.aBc-_9'],
  ['#1ds.aBc', '1ds.aBc'],
  ['#12s.id.key~a2', '12s.id.key'],
  ['#1r.AAAA', '1r.AAAA'],
  ['#1x.aBc', null],
  ['#1d', null],
  ['#sample=1d.aBc', null],
])('%s carries the link %s', (hash, link) => {
  expect(readAddress(hash).link).toBe(link);
  if (link !== null) expect(writeAddress(readAddress(hash))).toBe(hash);
});

test.each([
  [' https://host.example/page/?x#1d.aBc~a1.r3\n', '#1d.aBc~a1.r3'],
  ['1d.aBc', '#1d.aBc'],
  ['see https://host.example/#1d.aBc', null],
  ['0000 16 fe fd 00 00', null],
  ['https://host.example/#~a1', null],
  ['', null],
])('%s is pasted as the link %s', (text, link) => {
  expect(linkIn(text)).toBe(link);
});

test('a place that a link does not hold is left out', () => {
  const numbers = { associations: [['a4', 'a1']], records: [[40, 2]] } as const;
  const view = { ...USUAL_VIEW, association: 'a4', record: 40, field: '1.2', filter: 'x', finding: 'f 0' };
  expect(placeInLink(view, numbers)).toEqual({ ...view, association: 'a1', record: 2, filter: '' });
  expect(placeInLink({ ...view, record: 41 }, numbers)).toMatchObject({ association: 'a1', record: null, field: null });
  expect(placeInLink({ ...view, association: 'a5' }, numbers)).toMatchObject({ association: null, finding: null });
});

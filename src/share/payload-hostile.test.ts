/** Payloads that are made to fill memory, to reach where they should not, or to be taken for something else. */
import { describe, expect, test } from 'vitest';
import { refusal, utf8, withHeader, withSections } from '../../test/share-payloads.ts';
import { toBase64url } from './base64url.ts';
import { deflate, inflate } from './deflate.ts';
import { LINK_LIMITS } from './limits.ts';
import { openLink, splitLink } from './link.ts';
import { decodePayload } from './payload.ts';
import { ByteWriter } from './varint.ts';

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
    ['a missing number', '"packets":9', '"pockets":9'],
  ])('%s is refused', (_, from, to) => {
    expect(refusal(withHeader((json) => json.replace(from, to)))).toMatch(/^was altered: it .*\.$/);
  });

  test('bytes that are no UTF-8 are refused', () => {
    expect(refusal(withSections({ 4: Uint8Array.of(0x22, 0xff, 0x22) }))).toMatch(/no JSON/);
  });
});

/** The diagram as a file: well-formed, self-contained, and with all that the page's diagram says. */
import { describe, expect, test } from 'vitest';
import { GALLERY } from '../../test/captures.ts';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { escaped } from './markup.ts';
import { PALETTES } from './palette.ts';
import { sequenceSvg } from './sequence-svg.ts';
import { approximateWidth } from './text-width.ts';

async function drawn(theme: 'light' | 'dark' | 'page', ...files: readonly string[]) {
  const session = await openSession(...files);
  const [detail] = detailsOf(session);
  if (!detail) throw new Error('no association');
  return { detail, ...sequenceSvg({ trace: session.trace(), detail, theme }) };
}

const LOSS = ['openssl-loss-final-flight-x3.client.pcap', 'openssl-loss-final-flight-x3.keys'] as const;

/** Every element is closed by its own name: what an XML parser wants first of all. */
function balanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, close, name, selfClosed] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (selfClosed) continue;
    if (!close) open.push(name ?? '');
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

test('it names the capture and the verdict, to eyes and to readers of the screen', async () => {
  const { svg, detail } = await drawn('light', ...LOSS);
  expect(svg).toContain(`<title>a1: 127.0.0.1:21061 → 127.0.0.1:21062 in ${LOSS[0]}</title>`);
  expect(svg).toContain(`<desc>${escaped(detail.association.verdict)}</desc>`);
  const heading = [...svg.matchAll(/<text[^>]* font-size="15"[^>]*>([^<]*)/g)].map(([, text]) => text).join(' ');
  expect(heading).toBe(escaped(detail.association.verdict));
});

test('flights with their attempts, losses, silences and plaintexts are in it', async () => {
  const { svg } = await drawn('light', ...LOSS);
  for (const text of ['Flight 6', '4/4', 'ms of silence', 'client timer', '“hello from client”', 'captured here'])
    expect(svg).toContain(text);
  expect(svg.match(/stroke-dasharray="4 3"/g)?.length).toBe(3);
  // Waiting is hatched, on both lifelines.
  for (const side of ['client', 'server']) expect(svg).toContain(`fill="url(#hatch-a1-${side})"`);
});

test.each(GALLERY.map((s) => s.files))(
  '%s …: well-formed, nothing from elsewhere, no letter beyond the edge',
  async (...files) => {
    const { svg, width } = await drawn('dark', ...files);
    expect(balanced(svg)).toBe(true);
    expect(svg).not.toMatch(/href|url\((?!#hatch-)|<script|<style|var\(|NaN|undefined/);
    for (const [, tag, text] of svg.matchAll(/<text([^>]*)>([^<]*)</g)) {
      const of = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(tag ?? '')?.[1];
      const letters = (text ?? '').replace(/&[#\w]+;/g, "'");
      const length = Number(of('textLength') ?? approximateWidth(letters, Number(of('font-size') ?? 12), 400));
      const share = of('text-anchor') === 'end' ? [1, 0] : of('text-anchor') === 'middle' ? [0.5, 0.5] : [0, 1];
      const [left = 0, right = 0] = share.map((part) => part * length);
      expect(Number(of('x')) - left, text).toBeGreaterThanOrEqual(0);
      expect(Number(of('x')) + right, text).toBeLessThanOrEqual(width);
    }
  },
);

describe('colours', () => {
  test.each(['light', 'dark'] as const)('%s: those of that theme and no others', async (theme) => {
    const { svg } = await drawn(theme, ...LOSS);
    const used = new Set([...svg.matchAll(/(?:fill|stroke)="(#[^"]+)"/g)].map(([, colour]) => colour));
    const known = Object.values(PALETTES[theme]);
    expect([...used].filter((colour) => !known.includes(colour ?? ''))).toEqual([]);
    expect(used.size).toBeGreaterThan(8);
  });

  test('inside a page they are left to its style sheet', async () => {
    const { svg } = await drawn('page', ...LOSS);
    expect(svg).not.toMatch(/(fill|stroke)="#/);
    expect(svg).toContain('stroke="var(--retransmitted)"');
  });
});

test('with two capture points both are named, and delays stand where the bytes were', async () => {
  const { svg } = await drawn('light', LOSS[0], 'openssl-loss-final-flight-x3.server.pcap', LOSS[1]);
  expect(svg).toMatch(/>delay<\/text>/);
  for (const point of ['A', 'B']) expect(svg).toMatch(new RegExp(`<text[^>]*>${point}</text>`));
});

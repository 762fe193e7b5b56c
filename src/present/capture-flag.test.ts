import { expect, test } from 'vitest';
import { captureFlag } from './capture-flag.ts';
import type { Columns } from './sequence-columns.ts';

const measure = (text: string, fontPx: number) => text.length * fontPx * 0.5;
const columns = (arrow: number, narrow = false): Columns => ({
  packetEdge: narrow ? null : 38,
  timeEdge: narrow ? null : 98,
  bytesEdge: narrow ? null : 700,
  clientX: 204,
  serverX: 204 + arrow,
  points: null,
});
const at = (position: 'client' | 'server' | 'between' | 'both' | 'unknown') =>
  ({ position, certainty: 'inferred', reason: '' }) as const;

test('the flag stands at the side of the capture, between the name and the switch in the middle', () => {
  for (const arrow of [200, 340, 600]) {
    const client = captureFlag(at('client'), columns(arrow), measure);
    const server = captureFlag(at('server'), columns(arrow), measure);
    const middle = 204 + arrow / 2;
    expect(client?.x).toBeGreaterThan(204);
    expect((client?.x ?? 0) + (client?.width ?? 0)).toBeLessThanOrEqual(middle - 40);
    expect((server?.x ?? 0) + (server?.width ?? 0)).toBeLessThan(204 + arrow);
    expect(server?.x).toBeGreaterThanOrEqual(middle + 40);
  }
});

test('with little room first the port goes, then the words', () => {
  expect(captureFlag(at('client'), columns(600), measure)).toMatchObject({ besidePort: true, short: false });
  expect(captureFlag(at('client'), columns(340), measure)).toMatchObject({ besidePort: false, short: false });
  expect(captureFlag(at('client'), columns(200), measure)).toMatchObject({ besidePort: false, short: true });
});

test('a capture of neither end, or of both, has no flag', () => {
  expect(captureFlag(at('between'), columns(600), measure)).toBeNull();
  expect(captureFlag(at('both'), columns(600), measure)).toBeNull();
  expect(captureFlag(at('unknown'), columns(600), measure)).toBeNull();
});

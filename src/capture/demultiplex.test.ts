import { expect, test } from 'vitest';
import { firstByteKind } from './demultiplex.ts';

test('the 256 first bytes fall into the ranges of RFC 9443 §3', () => {
  const runs: [number, string][] = [];
  for (let byte = 0; byte < 256; byte++) {
    const kind = firstByteKind(byte);
    if (runs.at(-1)?.[1] !== kind) runs.push([byte, kind]);
  }
  expect(runs).toEqual([
    [0, 'stun'],
    [4, 'quic-or-other'],
    [16, 'zrtp'],
    [20, 'dtls'],
    [64, 'turn-channel'],
    [80, 'quic-or-other'],
    [128, 'rtp'],
    [192, 'quic-or-other'],
  ]);
});

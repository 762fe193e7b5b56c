import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aheadAt, alignClocks, type Bound, onFirstClock } from './clocks.ts';

const bound = (x: number, ahead: number): Bound => ({ x, ahead });

describe('clocks of two points', () => {
  test('one datagram each way leaves the width of the round trip', () => {
    const line = alignClocks([bound(0, 103)], [bound(0, 99)], 0, 0);
    expect(line).toMatchObject({ aheadMs: 101, aheadErrorMs: 2, bounded: true, slackMs: 0 });
  });

  test('a short span tells nothing about the drift: it stays within what clocks do', () => {
    const line = alignClocks([bound(0, 103), bound(10, 103)], [bound(0, 99), bound(10, 99)], 0, 0);
    expect(line?.drift).toBe(0);
    expect(line?.driftError).toBeCloseTo(200e-6, 9);
  });

  test('an hour of quick datagrams tells it to a part per million', () => {
    const x = Array.from({ length: 60 }, (_, i) => i * 60_000);
    const truth = (at: number) => 5000 + 37e-6 * at;
    const line = alignClocks(
      x.map((at) => bound(at, truth(at) + 1)),
      x.map((at) => bound(at, truth(at) - 1)),
      0,
      0,
    );
    expect(Math.abs((line?.drift ?? 0) - 37e-6)).toBeLessThanOrEqual(line?.driftError ?? 0);
    expect(line?.driftError).toBeLessThan(1.2e-6);
    expect(Math.abs((line?.aheadMs ?? 0) - 5000)).toBeLessThanOrEqual(line?.aheadErrorMs ?? 0);
  });

  test('delays that vary leave the fastest ones to tell', () => {
    const slow = [bound(0, 150), bound(1000, 103), bound(2000, 170)];
    const line = alignClocks(slow, [bound(0, 20), bound(1000, 99), bound(2000, 60)], 1000, 0);
    expect(line?.aheadMs).toBeCloseTo(101, 6);
    expect(line?.aheadErrorMs).toBeCloseTo(2, 6);
  });

  test('a clock that was set in between fits no line: the error says so', () => {
    const above = [bound(0, 11), bound(1000, 11), bound(2000, 511), bound(3000, 511)];
    const below = [bound(0, 9), bound(1000, 9), bound(2000, 509), bound(3000, 509)];
    const line = alignClocks(above, below, 0, 0);
    expect(line?.slackMs).toBeGreaterThan(200);
    expect(line?.errorMs).toBeGreaterThan(240);
  });

  test('datagrams of one direction alone bound one side', () => {
    const line = alignClocks([bound(0, 12), bound(500, 11)], [], 0, 0);
    expect(line).toMatchObject({ aheadMs: 11, aheadErrorMs: 1000, bounded: false });
  });

  test('without datagrams there is no line', () => {
    expect(alignClocks([], [], 0, 0)).toBeNull();
  });

  test('a time goes to the other clock and back', () => {
    const line = alignClocks([bound(0, 103), bound(9e6, 463)], [bound(0, 99), bound(9e6, 459)], 77, 0);
    if (!line) throw new Error('no line');
    for (const x of [-500, 0, 77, 4.5e6, 9e6]) expect(onFirstClock(line, x + aheadAt(line, x))).toBeCloseTo(x, 6);
  });
});

/** Every line through two of the bounds, or through one with the greatest drift: the corners of all that fit. */
function extremesByForce(above: readonly Bound[], below: readonly Bound[], most: number) {
  const all = [...above, ...below];
  const slopes = all.flatMap((a) => all.flatMap((b) => (a.x === b.x ? [] : [(b.ahead - a.ahead) / (b.x - a.x)])));
  const drifts = [-most, most, ...slopes].filter((b) => Math.abs(b) <= most);
  const fits = drifts.flatMap((drift) => {
    const to = Math.min(...above.map((b) => b.ahead - drift * b.x));
    const from = Math.max(...below.map((b) => b.ahead - drift * b.x));
    return from <= to + 1e-9 ? [{ drift, from, to }] : [];
  });
  return {
    drift: [Math.min(...fits.map((f) => f.drift)), Math.max(...fits.map((f) => f.drift))] as const,
    ahead: [Math.min(...fits.map((f) => f.from)), Math.max(...fits.map((f) => f.to))] as const,
  };
}

test('the errors are the extremes of all lines that fit, as trying every pair of bounds finds them', () => {
  const delays = fc.array(
    fc.tuple(fc.double({ min: 0, max: 60_000, noNaN: true }), fc.double({ min: 0.1, max: 50, noNaN: true })),
    { minLength: 1, maxLength: 12 },
  );
  const truth = fc.record({
    ahead: fc.double({ min: -1000, max: 1000, noNaN: true }),
    drift: fc.double({ min: -150e-6, max: 150e-6, noNaN: true }),
  });
  fc.assert(
    fc.property(delays, delays, truth, (there, back, { ahead, drift }) => {
      const above = there.map(([x, late]) => bound(x, ahead + drift * x + late));
      const below = back.map(([x, late]) => bound(x, ahead + drift * x - late));
      const line = alignClocks(above, below, 0, 0);
      if (!line) throw new Error('no line');
      const truth = extremesByForce(above, below, 200e-6);
      expect(line.driftError).toBeCloseTo(Math.max(truth.drift[1] - line.drift, line.drift - truth.drift[0]), 9);
      expect(line.aheadErrorMs).toBeCloseTo(Math.max(truth.ahead[1] - line.aheadMs, line.aheadMs - truth.ahead[0]), 6);
      for (const b of above) expect(aheadAt(line, b.x)).toBeLessThanOrEqual(b.ahead + 1e-9);
      for (const b of below) expect(aheadAt(line, b.x)).toBeGreaterThanOrEqual(b.ahead - 1e-9);
    }),
  );
});

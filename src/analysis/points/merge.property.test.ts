import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Datagram } from '../../capture/datagram.ts';
import { exchange, numberOf, type Path, type Seen, type Sent } from './exchange.test.helper.ts';
import { type Merged, mergePoints, type OpenCapture } from './merge.ts';

const LONGEST_DELAY_MS = 300;

function trafficOf(least: number, longestGap: number): fc.Arbitrary<Sent[]> {
  const delay = fc.double({ min: least, max: LONGEST_DELAY_MS, noNaN: true });
  // A copy may come at once, or so late that its sender could have repeated it.
  const later = fc.double({ min: 0, max: LONGEST_DELAY_MS, noNaN: true });
  const sent = fc.record({
    from: fc.constantFrom('client' as const, 'server' as const),
    gap: fc.double({ min: 0.01, max: longestGap, noNaN: true }),
    delays: fc.oneof(
      { weight: 6, arbitrary: fc.tuple(delay) },
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.tuple(delay, later).map(([first, more]) => [first, first + more]) },
    ),
  });
  return fc.array(sent, { minLength: 4, maxLength: 40 });
}

const traffic = trafficOf(0.05, 4000);
/** No drift of the clocks could make up for such delays. */
const slowTraffic = trafficOf(40, 2000);
const path: fc.Arbitrary<Path> = fc.record({
  offsetMs: fc.double({ min: -3_600_000, max: 3_600_000, noNaN: true }),
  driftPpm: fc.double({ min: -100, max: 100, noNaN: true }),
  nat: fc.boolean(),
  rebindAfter: fc.option(fc.integer({ min: 1, max: 20 })),
});

/** With less in common than this nobody would take the two for the same traffic. */
const FEWEST = 3;

function merged(seen: Seen, ...captures: readonly OpenCapture[]): Merged {
  fc.pre(seen.delivered >= FEWEST && seen.linked);
  const merged = mergePoints(captures, new Set());
  // With next to no delay, the drift may be all there is: then nobody knows which point is nearer to whom.
  fc.pre(merged.alignments.every(({ senderPoint }) => [...senderPoint.values()].every(({ known }) => known)));
  return merged;
}

const isHeard = (sent: readonly Sent[], from: Sent['from']) => sent.some((s) => s.from === from && s.delays.length > 0);

const numbers = (datagrams: readonly Datagram[], which: (transit: NonNullable<Datagram['transit']>) => boolean) =>
  datagrams
    .filter(({ transit }) => transit && which(transit))
    .map(numberOf)
    .sort((a, b) => a - b);

describe('an exchange that two points saw', () => {
  test.each([
    ['on paths of any speed', traffic],
    ['on slow paths', slowTraffic],
  ])('the set of lost datagrams is exact, and so are the copies: %s', (_, sentOnPaths) => {
    fc.assert(
      fc.property(sentOnPaths, path, (sent, path) => {
        const seen = exchange(sent, path);
        fc.pre(isHeard(sent, 'client') && isHeard(sent, 'server'));
        const { datagrams } = merged(seen, seen.client, seen.server);
        expect(numbers(datagrams, (t) => t.arrivedNs === null)).toEqual(seen.lost);
        expect(numbers(datagrams, (t) => t.sentNs === null)).toEqual(seen.copies);
        expect(numbers(datagrams, (t) => t.sentNs !== null)).toEqual(sent.map((_, i) => i));
        expect(datagrams.length).toBe(sent.length + seen.copies.length);
      }),
    );
  });

  test('what is lost while both record is proven, if anything of that direction ever arrives', () => {
    fc.assert(
      fc.property(traffic, path, (sent, path) => {
        const seen = exchange(sent, path);
        fc.pre(isHeard(sent, 'client') && isHeard(sent, 'server'));
        const { datagrams } = merged(seen, seen.client, seen.server);
        expect(datagrams.filter(({ transit }) => !transit?.proven)).toEqual([]);
      }),
    );
  });

  test('offset and drift lie within the error that is given for them', () => {
    fc.assert(
      fc.property(traffic, path, (sent, path) => {
        const seen = exchange(sent, path);
        const [alignment] = merged(seen, seen.client, seen.server).alignments;
        if (!alignment) throw new Error('not recognised');
        const { clocks } = alignment;
        expect(Math.abs(clocks.offsetMs - path.offsetMs)).toBeLessThanOrEqual(clocks.line.aheadErrorMs);
        expect(Math.abs(clocks.line.drift * 1e6 - path.driftPpm)).toBeLessThanOrEqual(clocks.line.driftError * 1e6);
      }),
    );
  });

  test('nothing arrives before it was sent, and never earlier or later than the error allows', () => {
    fc.assert(
      fc.property(traffic, path, (sent, path) => {
        const seen = exchange(sent, path);
        const { datagrams, alignments } = merged(seen, seen.client, seen.server);
        const error = (alignments[0]?.clocks.line.errorMs ?? 0) + 0.01;
        for (const datagram of datagrams) {
          const { sentNs = null, arrivedNs = null } = datagram.transit ?? {};
          if (sentNs === null || arrivedNs === null) continue;
          const took = Number(arrivedNs - sentNs) / 1e6;
          const truth = Math.min(...(sent[numberOf(datagram)]?.delays ?? []));
          expect(took).toBeGreaterThanOrEqual(0);
          expect(Math.abs(took - truth)).toBeLessThanOrEqual(error);
        }
      }),
    );
  });

  test('which file is opened first does not matter', () => {
    fc.assert(
      fc.property(traffic, path, (sent, path) => {
        const seen = exchange(sent, path);
        const turned = [seen.server, seen.client].map((c, capture) => ({
          ...c,
          datagrams: c.datagrams.map((d) => ({ ...d, capture })),
        }));
        const [there, back] = [merged(seen, seen.client, seen.server), merged(seen, ...turned)];
        for (const which of [(t: { arrivedNs: bigint | null }) => t.arrivedNs === null, () => true])
          expect(numbers(back.datagrams, which)).toEqual(numbers(there.datagrams, which));
        const [a, b] = [there.alignments[0]?.clocks, back.alignments[0]?.clocks];
        if (!a || !b) throw new Error('not recognised');
        expect(Math.abs(a.offsetMs + b.offsetMs)).toBeLessThanOrEqual(a.line.errorMs + b.line.errorMs);
      }),
    );
  });

  test('the association keeps the addresses of its ends, whatever lies between', () => {
    fc.assert(
      fc.property(traffic, path, (sent, path) => {
        const seen = exchange(sent, path);
        fc.pre(isHeard(sent, 'client') && isHeard(sent, 'server'));
        const { datagrams } = merged(seen, seen.client, seen.server);
        const inside = path.nat ? '10.0.5.20:14433' : '203.0.113.50:4433';
        for (const datagram of datagrams) {
          const ends = [datagram.source, datagram.destination].map((e) => `${e.address}:${e.port}`);
          const fromClient = sent[numberOf(datagram)]?.from === 'client';
          expect(fromClient ? ends : ends.reverse()).toEqual(['192.168.1.23:50505', inside]);
        }
      }),
    );
  });
});

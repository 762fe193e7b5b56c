import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchange, numberOf, type Path, type Sent, withOtherPort } from './exchange.test.helper.ts';
import { mergePoints, type OpenCapture } from './merge.ts';

const EVEN: Path = { offsetMs: 0, driftPpm: 0, nat: false, rebindAfter: null };
const FAST_MS = 0.05;

const client = (gap: number, ...delays: number[]): Sent => ({ from: 'client', gap, delays });
const server = (gap: number, ...delays: number[]): Sent => ({ from: 'server', gap, delays });

/** What is said of the point that a conversation's datagrams come to first, held against who sent them. */
type Verdict = 'right' | 'wrong' | 'guessed';

/** By conversation. @param apart from this datagram on, it is another port of the client's. */
function verdicts(sent: readonly Sent[], path: Path, apart = sent.length): Verdict[] {
  const seen = exchange(sent, path);
  return verdictsOn(
    sent,
    [seen.client, seen.server].map((capture) => withOtherPort(capture, apart)),
  );
}

function verdictsOn(sent: readonly Sent[], captures: readonly OpenCapture[]): Verdict[] {
  return mergePoints(captures, new Set()).alignments.flatMap(({ senderPoint }) =>
    [...senderPoint].map(([conversation, { point, known }]): Verdict => {
      const first = conversation.seen[0].flat().at(0)?.datagram;
      const truth = sent[first ? numberOf(first) : -1]?.from === 'client' ? 0 : 1;
      return known && first ? (point === truth ? 'right' : 'wrong') : 'guessed';
    }),
  );
}

const DELAYS_TELL = [client(1, FAST_MS), server(1, FAST_MS), client(1, FAST_MS), server(1, FAST_MS)];
/** So fast a path, and so long a silence between the directions, that a drift of the clocks could be all there is. */
const unclear = (...first: readonly Sent[]) => [
  ...first,
  client(0.01, FAST_MS),
  server(1500, FAST_MS),
  server(0.01, FAST_MS),
];

describe('which point is near', () => {
  test('is known from delays where the directions alternate, however fast the path', () => {
    expect(verdicts(DELAYS_TELL, { ...EVEN, driftPpm: 100 })).toEqual(['right']);
  });

  test('is a guess where the clocks may have run apart by more than the delays', () => {
    expect(verdicts(unclear(client(0.01, FAST_MS)), EVEN)).toEqual(['guessed']);
    // These clocks did: the other way round there seems to be twice as much room.
    const late = [client(0.01, FAST_MS), client(0.01, FAST_MS), server(4000, FAST_MS)];
    expect(verdicts(late, { ...EVEN, driftPpm: 100 })).toEqual(['guessed']);
  });

  test.each([
    ['a loss', [client(1), client(1, FAST_MS)], 'right'],
    ['a copy that comes too soon for a repeat', [client(1, FAST_MS, 10)], 'right'],
    ['a copy so late that its sender could have repeated it', [client(1, FAST_MS, 20.05)], 'guessed'],
    ['many of those', [1, 2, 3, 4].map((gap) => client(gap, FAST_MS, 20.05 + gap)), 'guessed'],
    ['a copy so soon that it may be a second image in the capture', [client(1, FAST_MS, FAST_MS + 1)], 'guessed'],
  ] as const)('by %s', (_, first, verdict) => {
    const start = client(0.01, FAST_MS);
    expect(verdicts(unclear(start, ...first), EVEN)).toEqual([verdict]);
    // Of one direction alone nothing else tells, if the clocks were never set.
    const alone = [start, ...first, client(2000, FAST_MS), server(1)];
    expect(verdicts(alone, { ...EVEN, offsetMs: 5000 })).toEqual([verdict]);
  });

  test.each([
    [1000, 'right'],
    [200, 'guessed'],
  ])('by a repeat after %i ms that is lost', (afterMs, verdict) => {
    const sent = unclear(client(0.01, FAST_MS), client(1, FAST_MS));
    const seen = exchange(sent, EVEN);
    const again = seen.client.datagrams
      .slice(0, 1)
      .map((d) => ({ ...d, timeNs: d.timeNs + BigInt(afterMs) * 1_000_000n }));
    const datagrams = [...seen.client.datagrams, ...again];
    expect(verdictsOn(sent, [{ ...seen.client, datagrams }, seen.server])).toEqual([verdict]);
  });

  test('is a guess where only a guess of another conversation tells the clocks', () => {
    const first = [server(0.01, 0.1), server(0.01, 0.18), server(0.01, 0.25), client(3575, 0.1), client(556, 0.15)];
    const second = [client(3420, FAST_MS), client(1.5, 0.13), client(0.4, 0.09)];
    expect(verdicts([...first, ...second], { ...EVEN, driftPpm: -100 }, first.length)).toEqual(['guessed', 'guessed']);
  });

  test('is known from what other conversations tell of the clocks', () => {
    const second = [client(1, 5), client(1, 5), client(1, 5)];
    expect(verdicts([...DELAYS_TELL, ...second], EVEN, DELAYS_TELL.length)).toEqual(['right', 'right']);
    const long = [client(1, 5), client(1, 5), server(60_000, 5)];
    expect(verdicts([...DELAYS_TELL, ...long], EVEN, DELAYS_TELL.length)).toEqual(['right', 'right']);
  });

  test('is never wrong where it is called known, though one direction ends before the other begins', () => {
    const delay = fc.double({ min: FAST_MS, max: 0.4, noNaN: true });
    const copied = fc.tuple(delay, fc.double({ min: 0, max: 300, noNaN: true }));
    const sentBy = (from: Sent['from'], fewest: number) =>
      fc.array(
        fc.record({
          from: fc.constant(from),
          gap: fc.oneof(fc.double({ min: 0.01, max: 4000, noNaN: true }), fc.constant(0.01)),
          delays: fc.oneof(
            { weight: 6, arbitrary: fc.tuple(delay) },
            { weight: 1, arbitrary: fc.constant([]) },
            { weight: 2, arbitrary: copied.map(([first, more]) => [first, first + more]) },
          ),
        }),
        { minLength: fewest, maxLength: 5 },
      );
    const turns = fc.tuple(sentBy('client', 1), sentBy('server', 1), sentBy('client', 0)).map((all) => all.flat());
    const path = fc.record({
      offsetMs: fc.double({ min: -3_600_000, max: 3_600_000, noNaN: true }),
      driftPpm: fc.oneof(fc.constantFrom(-100, 100), fc.double({ min: -100, max: 100, noNaN: true })),
      nat: fc.boolean(),
      rebindAfter: fc.constant(null),
    });
    fc.assert(
      fc.property(turns, path, fc.nat(12), (sent, path, apart) => {
        expect(verdicts(sent, path, apart)).not.toContain('wrong');
      }),
      { numRuns: 500 },
    );
  });
});

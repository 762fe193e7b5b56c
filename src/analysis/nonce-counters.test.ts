import { expect, test } from 'vitest';
import { NonceCounters } from './nonce-counters.ts';

/** Whether records with these numbers and nonces, all of one sender and epoch, may share one. */
function mayShare(records: readonly (readonly [number: number, nonce: bigint])[]): boolean {
  const counters = new NonceCounters();
  for (const [number, nonce] of records) counters.note(0, 1, number, bytesOf(nonce), 0);
  return counters.mayShare(0, 1);
}

function bytesOf(nonce: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, nonce);
  return bytes;
}

const counted = (start: bigint, numbers: readonly number[]) =>
  numbers.map((n) => [n, BigInt.asUintN(64, start + BigInt(n))] as const);

test('nonces that count as the record numbers do are all different, in whatever order the records come', () => {
  expect(mayShare(counted(0n, [0, 1, 2, 3]))).toBe(false);
  expect(mayShare(counted(0x1234_5678_9abc_fffen, [3, 0, 2, 9, 1]))).toBe(false);
});

test('a sender that starts anew is believed as long as its counters stay apart', () => {
  const finished = [0, 0xdead_beef_0000_0000n] as const;
  expect(mayShare([finished, ...counted(1n << 48n, [1, 2, 3])])).toBe(false);
  // The second counter begins where the first one has been.
  expect(mayShare([...counted(100n, [0, 1, 2, 3]), ...counted(98n, [4, 5])])).toBe(true);
  expect(mayShare([...counted(100n, [0, 1, 2, 3]), ...counted(100n, [4, 5])])).toBe(false);
});

test('one nonce under two record numbers may be shared', () => {
  expect(
    mayShare([
      [1, 7n],
      [2, 7n],
    ]),
  ).toBe(true);
});

test('record numbers beyond 32 bits, and a counter that wraps', () => {
  expect(mayShare(counted(5n, [2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1]))).toBe(false);
  expect(mayShare(counted(2n ** 64n - 2n, [0, 1, 2]))).toBe(false);
  expect(mayShare([[9, 3n], ...counted(2n ** 64n - 2n, [0, 1, 2])])).toBe(true);
});

test('how often a sender started anew', () => {
  const counters = new NonceCounters();
  for (const nonce of [5n, 6n, 7n]) counters.note(0, 1, Number(nonce), bytesOf(nonce + 40n), 0);
  expect([counters.starts(0, 1), counters.starts(1, 1)]).toEqual([1, 0]);
  counters.note(0, 1, 8, bytesOf(9n), 0);
  expect(counters.starts(0, 1)).toBe(2);
  for (let n = 0; n < 20; n++) counters.note(0, 1, n, bytesOf(BigInt(n * n) << 32n), 0);
  expect(counters.starts(0, 1)).toBe(Number.POSITIVE_INFINITY);
});

test('nonces drawn at random have to be looked at', () => {
  const drawn = [3, 1, 4, 1, 5, 9, 2, 6, 5].map((n, i) => [i, BigInt(n * 1000 + i * i)] as const);
  expect(mayShare(drawn)).toBe(true);
});

test('sides and epochs count for themselves, and a record without a whole nonce says nothing', () => {
  const counters = new NonceCounters();
  counters.note(0, 1, 1, bytesOf(7n), 0);
  counters.note(1, 1, 2, bytesOf(7n), 0);
  counters.note(0, 2, 2, bytesOf(7n), 0);
  counters.note(0, 1, 2, bytesOf(7n), 0, 7);
  expect(counters.mayShare(0, 1)).toBe(false);
  expect(counters.mayShare(1, 1)).toBe(false);
  expect(counters.mayShare(1, 9)).toBe(false);
});

test('what is told once all were noted is what the counters say, and the same for all that are alike', () => {
  const known = new Map();
  const settled = (records: readonly (readonly [side: 0 | 1, epoch: number, number: number, nonce: bigint])[]) => {
    const counters = new NonceCounters();
    for (const [side, epoch, number, nonce] of records) counters.note(side, epoch, number, bytesOf(nonce), 0);
    const short = counters.settled(known);
    for (const side of [0, 1] as const)
      for (const epoch of [0, 1, 2]) {
        expect(short.mayShare(side, epoch)).toBe(counters.mayShare(side, epoch));
        expect(short.starts(side, epoch)).toBe(counters.starts(side, epoch));
      }
    return short;
  };
  const [one, other] = [5n, 9n].map((start) => settled([0, 1, 2].map((n) => [0, 1, n, start + BigInt(n)])));
  expect(one).toBe(other);
  expect(
    settled([
      [0, 1, 1, 7n],
      [0, 1, 2, 7n],
      [1, 1, 0, 3n],
    ]),
  ).not.toBe(one);
  settled([0, 1, 2].map((epoch) => [1, epoch, 1, 7n]));
  settled([]);
});

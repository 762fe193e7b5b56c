/** Damage by chance: what an input becomes depends on the numbers of `Chance` and on the seeds alone. */
import type { Chance } from '../mutants.ts';
import { asBytes } from './entry.ts';

/** No input is longer: an invariant of time holds up to here. */
export const LONGEST = 64 * 1024;

type Mutation = (input: Uint8Array, chance: Chance, others: readonly Uint8Array[]) => Uint8Array;

const INTERESTING = [0, 1, 2, 3, 7, 8, 12, 13, 16, 20, 31, 32, 63, 64, 127, 128, 129, 254, 255] as const;

/** Mostly near the beginning, where headers are. */
const place = (length: number, chance: Chance): number =>
  length === 0 ? 0 : chance(3) === 0 ? chance(Math.min(length, 64)) : chance(length);

const stretch = (length: number, chance: Chance): number =>
  1 + chance(Math.max(1, Math.min(length, chance(4) ? 16 : 400)));

function replaced(input: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const whole = new Uint8Array(input.length - (to - from) + by.length);
  whole.set(input.subarray(0, from));
  whole.set(by, from);
  whole.set(input.subarray(to), from + by.length);
  return whole;
}

function written(input: Uint8Array, at: number, value: number, width: number, little: boolean): Uint8Array {
  const bytes = input.slice();
  for (let i = 0; i < width && at + i < bytes.length; i++)
    bytes[at + i] = Math.floor(value / 256 ** (little ? i : width - 1 - i)) & 255;
  return bytes;
}

const chosen = <T>(all: readonly T[], chance: Chance): T | undefined => all[chance(Math.max(1, all.length))];

const OF_BYTES: readonly Mutation[] = [
  // A bit, a byte, a small step up or down.
  (input, chance) => {
    const at = place(input.length, chance);
    return written(input, at, (input[at] ?? 0) ^ (1 << chance(8)), 1, false);
  },
  (input, chance) => written(input, place(input.length, chance), chance(256), 1, false),
  (input, chance) => {
    const at = place(input.length, chance);
    return written(input, at, (input[at] ?? 0) + chance(9) - 4, 1, false);
  },
  (input, chance) => written(input, place(input.length, chance), chosen(INTERESTING, chance) ?? 0, 1, false),
  // A number of two to four bytes: what lengths and offsets are.
  (input, chance) => {
    const [width, at] = [2 + chance(3), place(input.length, chance)];
    const rest = input.length - at;
    const value = [0, 1, rest, rest - width, rest - width - 1, rest - width + 1, 256 ** width - 1, 256 ** width / 2][
      chance(8)
    ];
    return written(input, at, Math.max(0, value ?? 0), width, chance(2) === 0);
  },
  // What the length of what follows may be, wherever it is told.
  (input, chance) => {
    const at = place(input.length, chance);
    return written(input, at, chance(Math.max(1, input.length - at)), 1 + chance(3), false);
  },
  (input, chance) => input.slice(0, chance(input.length + 1)),
  (input, chance) => {
    const from = place(input.length, chance);
    return replaced(input, from, Math.min(input.length, from + stretch(input.length, chance)), new Uint8Array());
  },
  (input, chance) => {
    const from = place(input.length, chance);
    const part = input.slice(from, from + stretch(input.length, chance));
    const to = place(input.length, chance);
    return replaced(input, to, to, part);
  },
  (input, chance) => {
    const from = place(input.length, chance);
    const part = input.slice(from, from + stretch(input.length, chance));
    const to = place(input.length, chance);
    return replaced(input, to, Math.min(input.length, to + part.length), part);
  },
  (input, chance) => {
    const at = place(input.length, chance);
    const fresh = Uint8Array.from({ length: stretch(64, chance) }, () => (chance(2) ? chance(256) : 0));
    return replaced(input, at, at, fresh);
  },
  // The same part many times over.
  (input, chance) => {
    const from = place(input.length, chance);
    const part = input.slice(from, from + stretch(input.length, chance));
    const times = Math.min(
      chance(8) ? 4 + chance(12) : 2000,
      Math.floor((LONGEST - input.length) / Math.max(1, part.length)),
    );
    if (times < 1) return input;
    const many = new Uint8Array(part.length * times);
    for (let i = 0; i < times; i++) many.set(part, i * part.length);
    return replaced(input, from, from, many);
  },
  // The beginning of one and the end of another; a part of another inside.
  (input, chance, others) => {
    const other = chosen(others, chance) ?? input;
    const at = place(input.length, chance);
    return replaced(input, at, input.length, other.subarray(place(other.length, chance)));
  },
  (input, chance, others) => {
    const other = chosen(others, chance) ?? input;
    const from = place(other.length, chance);
    const at = place(input.length, chance);
    return replaced(input, at, at, other.subarray(from, from + stretch(other.length, chance)));
  },
];

/** What texts are taken apart at, and what no one expects in them. */
const TOKENS = [
  ...['\n', '\r\n', '\r', '\t', ' ', '\u00a0', '\u2028', '\ufeff', '\0', '\u001b[31m', '\u202e', '\u0085', '😀', 'é'],
  ...[
    '"',
    "'",
    '`',
    '<',
    '>',
    '&',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '\\',
    '/',
    '%',
    '%00',
    '%zz',
    '#',
    '~',
    '.',
    '_',
    '-',
    '=',
  ],
  ...['0', '1', '-1', '65535', '65536', '4294967296', '9007199254740993', '1e999', '0x', '00', 'ff', 'null', 'true'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', ':', ';', ',', '|', '*', '+', '?', '-----', '..', '//'],
].map(asBytes);

const isBreak = (byte: number | undefined): boolean => byte === 10 || byte === 13;

function lineAt(input: Uint8Array, at: number): readonly [number, number] {
  let [from, to] = [at, at];
  while (from > 0 && !isBreak(input[from - 1])) from--;
  while (to < input.length && !isBreak(input[to])) to++;
  return [from, Math.min(input.length, to + 1)];
}

const OF_TEXT: readonly Mutation[] = [
  (input, chance) => {
    const at = place(input.length, chance);
    return replaced(input, at, at, chosen(TOKENS, chance) ?? new Uint8Array());
  },
  (input, chance) => {
    const at = place(input.length, chance);
    return replaced(
      input,
      at,
      Math.min(input.length, at + stretch(8, chance)),
      chosen(TOKENS, chance) ?? new Uint8Array(),
    );
  },
  (input, chance) => {
    const [from, to] = lineAt(input, place(input.length, chance));
    return replaced(input, from, to, new Uint8Array());
  },
  (input, chance) => {
    const [from, to] = lineAt(input, place(input.length, chance));
    const [at] = lineAt(input, place(input.length, chance));
    return replaced(input, at, at, input.slice(from, to));
  },
  // Digits for digits and letters for letters: forms are kept.
  (input, chance) => {
    const bytes = input.slice();
    for (let n = 1 + chance(6); n > 0; n--) {
      const at = place(bytes.length, chance);
      const byte = bytes[at] ?? 0;
      if (byte >= 48 && byte <= 57) bytes[at] = 48 + chance(10);
      else if ((byte | 32) >= 97 && (byte | 32) <= 122) bytes[at] = (byte & 96) + 1 + chance(26);
    }
    return bytes;
  },
];

const BOTH = [...OF_BYTES, ...OF_TEXT];

/** One to eight steps away from a seed. */
export function mutated(seeds: readonly Uint8Array[], form: 'bytes' | 'text', chance: Chance): Uint8Array {
  let input = chosen(seeds, chance) ?? new Uint8Array();
  if (chance(200) === 0) return Uint8Array.from({ length: chance(300) }, () => chance(256));
  const all = form === 'text' ? BOTH : OF_BYTES;
  for (let steps = 1 + Math.min(chance(8), chance(8)); steps > 0; steps--) {
    const step = form === 'text' && chance(2) ? chosen(OF_TEXT, chance) : chosen(all, chance);
    input = step?.(input, chance, seeds) ?? input;
    if (input.length > LONGEST) input = input.slice(0, LONGEST);
  }
  return input;
}

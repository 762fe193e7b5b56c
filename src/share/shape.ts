/**
 * Reads parsed JSON of unknown origin: each reader gives a value of its type or throws `Damaged`. What is missing is the
 * empty text, the empty list, false or null where those may be. Fields have their whole names or those of `key-names.ts`.
 */
import { shortName } from './key-names.ts';
import { LONGEST_TEXT } from './limits.ts';
import { Damaged } from './varint.ts';

export type Read<T> = (value: unknown) => T;

export function text(longest = LONGEST_TEXT): Read<string> {
  return (value) => {
    if (value === undefined) return '';
    if (typeof value !== 'string' || value.length > longest) throw new Damaged('has a text that is none, or too long');
    return value;
  };
}

export function whole(least: number, greatest: number): Read<number> {
  return (value) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > greatest)
      throw new Damaged('has a number out of range');
    return value;
  };
}

export const finite: Read<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Damaged('has a number that is none');
  return value;
};

export const truth: Read<boolean> = (value) => {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw new Damaged('has neither true nor false where one of them belongs');
  return value;
};

export function oneOf<const T extends readonly (string | number)[]>(...values: T): Read<T[number]> {
  return (value) => {
    const found = values.find((one) => one === value);
    if (found === undefined) throw new Damaged('has an unknown choice');
    return found;
  };
}

export function orNull<T>(read: Read<T>): Read<T | null> {
  return (value) => (value === null || value === undefined ? null : read(value));
}

export function list<T>(read: Read<T>, most: number): Read<readonly T[]> {
  return (value) => {
    if (value === undefined) return [];
    if (!Array.isArray(value) || value.length > most) throw new Damaged('has a list that is none, or too long');
    return value.map(read);
  };
}

/** Fields that nobody asks for are ignored. */
export function record<T>(fields: { readonly [K in keyof T]: Read<T[K]> }): Read<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Damaged('lacks a part');
    const given = new Map(Object.entries(value));
    const result: Partial<T> = {};
    for (const name of names) result[name] = fields[name](given.get(name) ?? given.get(shortName(name)));
    return result as T;
  };
}

/** Names to values, as a list of pairs would be: no name reaches a prototype. */
export function dictionary<T>(read: Read<T>, most: number): Read<Readonly<Record<string, T>>> {
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Damaged('lacks a part');
    const entries = Object.entries(value);
    if (entries.length > most) throw new Damaged('has a list that is too long');
    return Object.fromEntries(
      entries.filter(([name]) => name !== '__proto__').map(([name, one]) => [name, read(one)] as const),
    );
  };
}

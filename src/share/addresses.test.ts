import { expect, test } from 'vitest';
import { AddressBook } from './addresses.ts';
import { blankAddresses } from './name-ranges.ts';

test('the same address has the same replacement, others have others', () => {
  const book = new AddressBook();
  expect(book.replaced('10.0.0.1')).toBe('192.0.2.1');
  expect(book.replaced('fe80::1')).toBe('2001:db8::1');
  expect(book.replaced('10.0.0.2')).toBe('192.0.2.2');
  expect(book.replaced('10.0.0.1')).toBe('192.0.2.1');
  expect(book.replacements.map(({ from }) => from)).toEqual(['10.0.0.1', 'fe80::1', '10.0.0.2']);
});

test('there are enough of them, each an address', () => {
  const book = new AddressBook();
  const all = Array.from({ length: 130_000 }, (_, n) => book.replaced(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`));
  expect(new Set(all).size).toBe(all.length);
  expect(all.every((address) => /^(192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]\.\d+)\.\d+$/.test(address))).toBe(
    true,
  );
  const six = Array.from({ length: 70_000 }, (_, n) => book.replaced(`fd00::${n.toString(16)}`));
  expect(new Set(six).size).toBe(six.length);
  expect(six.every((address) => /^2001:db8::([\da-f]{1,4}:)?[\da-f]{1,4}$/.test(address))).toBe(true);
});

test('host names that a text has for addresses are replaced, what stands for none stays', () => {
  const book = new AddressBook();
  expect(book.replaced('server.intern.example')).toBe('192.0.2.1');
  expect(['A', 'B', 'text', ''].map((none) => book.replaced(none))).toEqual(['A', 'B', 'text', '']);
});

test('in sentences whole addresses are replaced, known or not', () => {
  const book = new AddressBook();
  book.replaced('10.0.0.1');
  expect(book.inText('10.0.0.1 and 10.0.0.12 talk to fe80::2; packet 5 ends at 12.')).toBe(
    '192.0.2.1 and 192.0.2.2 talk to 2001:db8::1; packet 5 ends at 12.',
  );
});

test('addresses amid bytes are found, and only those', () => {
  const found = (text: string) =>
    blankAddresses(new TextEncoder().encode(text)).map(({ from, to }) => text.slice(from, to));
  expect(found('\0\x0b192.168.1.77\0host')).toEqual(['192.168.1.77']);
  expect(found('fe80::1:2\0')).toEqual(['fe80::1:2']);
  expect(found('dtls.example h2 1.2.3 a:b')).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRecords, looksLikeDtls, looksLikeUnified } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { concat } from '../wire/text.ts';
import { endOfHidden, HEADER_LENGTH, hiddenRecord, isOnlyData, isOnlyHidden } from './data-datagram.ts';

const body = fc.uint8Array({ maxLength: 40 });
const sixBytes = fc.uint8Array({ minLength: 6, maxLength: 6 });

/** Mostly records of application data, and what is nearly one. */
const plaintext = fc
  .tuple(
    fc.constantFrom(23, 23, 23, 22, 25),
    fc.constantFrom(0xfd, 0xfd, 0xff),
    fc.constantFrom(1, 1, 2, 0),
    sixBytes,
    body,
  )
  .map(([type, version, epoch, number, content]) =>
    concat(new Uint8Array([type, 0xfe, version, 0, epoch]), number, new Uint8Array([0, content.length]), content),
  );
const unified = fc
  .tuple(fc.constantFrom(0x2c, 0x2d, 0x2e, 0x2f, 0x24, 0x3c, 0x28), fc.uint8Array({ minLength: 10, maxLength: 40 }))
  .map(([first, content]) =>
    concat(new Uint8Array(first & 8 ? [first, 1, 2, 0, content.length] : [first, 1, 0, content.length]), content),
  );
const payload = fc
  .tuple(fc.array(fc.oneof(plaintext, unified), { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 0, 0, 1))
  .map(([records, cut]) => {
    const whole = concat(...records);
    return whole.subarray(0, whole.length - cut);
  });

const recordsOf = (bytes: Uint8Array) => [...decodeRecords(new ByteReader('packet', bytes), () => 0)];
/** The same bytes in the middle of others, as they lie in a chunk of the file. */
const around = (bytes: Uint8Array) => concat(new Uint8Array([23, 0xfe, 0xfd]), bytes, new Uint8Array([23, 0xfe]));

test('a record of which the last byte of the header is missing is none', () => {
  const cut = new Uint8Array([23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
  expect(isOnlyData(cut, 0, 13)).toBe(true);
  expect(isOnlyData(cut, 0, cut.length)).toBe(false);
});

describe('datagrams that are taken in by their numbers', () => {
  test('of application data: exactly those of which the decoder reads nothing else', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        // Of a header that is cut the decoder has zeros.
        const isData = recordsOf(bytes).every(
          (r) =>
            r.form === 'plaintext' &&
            r.contentType === 23 &&
            r.epoch > 0 &&
            r.fragment.length === r.length &&
            r.at.to - r.at.from === HEADER_LENGTH + r.length,
        );
        expect(isOnlyData(around(bytes), 3, 3 + bytes.length)).toBe(isData && looksLikeDtls(bytes, 0));
      }),
    );
  });

  test('of DTLS 1.3: exactly those that look like it, record by record as the decoder has them', () => {
    fc.assert(
      fc.property(payload, (bytes) => {
        const only = isOnlyHidden(around(bytes), 3, 3 + bytes.length);
        expect(only).toBe(looksLikeUnified(bytes));
        if (!only) return;
        for (const record of recordsOf(bytes)) {
          const { from, to } = record.at;
          expect(endOfHidden(bytes, from)).toBe(to);
          expect(hiddenRecord(around(bytes), 3 + from, 3 + to)).toEqual({
            ...record,
            at: { buffer: 'packet', from: 0, to: to - from },
          });
        }
      }),
    );
  });
});

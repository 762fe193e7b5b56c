import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FieldTree } from '../wire/fields.ts';
import { ByteReader } from '../wire/reader.ts';
import { fromHex, toHex } from '../wire/text.ts';
import { decodeRecords, isCut, looksLikeDtls } from './record.ts';

const bytes = (hex: string) => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const decode = (payload: Uint8Array, cidLength = 0) => [
  ...decodeRecords(new ByteReader('packet', payload), () => cidLength),
];

const CCS = bytes('14 fefd 0000 000000000007 0001 01');
const ALERT = bytes('15 fefd 0001 000000000002 0004 01020304');

test('a datagram of two records is two records, in order, with their numbers', () => {
  const records = decode(new Uint8Array([...CCS, ...ALERT]));
  expect(records).toMatchObject([
    { form: 'plaintext', contentType: 20, version: 0xfefd, epoch: 0, sequenceNumber: 7, length: 1 },
    { form: 'plaintext', contentType: 21, epoch: 1, sequenceNumber: 2, length: 4, at: { from: 14, to: 31 } },
  ]);
});

test('a connection ID lies between sequence_number and length, as long as the receiver asked for (RFC 9146 §4)', () => {
  const [record] = decode(bytes('19 fefd 0001 000000000000 aabbcc 0002 1122'), 3);
  expect(record).toMatchObject({ form: 'plaintext', contentType: 25, length: 2 });
  expect(record?.form === 'plaintext' && toHex(record.connectionId)).toBe('aabbcc');
});

test('the unified header of DTLS 1.3 keeps its bytes for the additional data (RFC 9147 §4)', () => {
  const [record] = decode(bytes('2e 1234 0005 0102030405'));
  expect(record).toMatchObject({
    form: 'unified',
    epochBits: 2,
    sequenceBits: 16,
    encryptedSequence: 0x1234,
    length: 5,
  });
  expect(record?.form === 'unified' && toHex(record.header)).toBe('2e12340005');
});

test('without a length field a unified record runs to the end of its datagram', () => {
  expect(decode(bytes('22 05 010203'))).toMatchObject([{ form: 'unified', sequenceBits: 8, length: 3 }]);
});

test('a record that the datagram cuts short is kept, and said to be cut', () => {
  const [record] = decode(CCS.subarray(0, 13));
  expect(record && isCut(record)).toBe(true);
});

test('bytes after the last record that begin none are one unrecognised rest', () => {
  expect(decode(new Uint8Array([...CCS, 0x80, 1, 2]))).toMatchObject([
    { form: 'plaintext' },
    { form: 'unrecognised', firstByte: 0x80, at: { from: 14, to: 17 } },
  ]);
});

test('records tile any datagram, whatever its bytes, with and without a field tree', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 32 }), (payload, cidLength) => {
      const records = [...decodeRecords(new ByteReader('packet', payload, new FieldTree()), () => cidLength)];
      expect(records).toEqual(decode(payload, cidLength));
      let at = 0;
      for (const record of records) {
        expect(record.at.from).toBe(at);
        at = record.at.to;
      }
      expect(at).toBe(payload.length);
    }),
  );
});

test.each([
  ['a ClientHello of DTLS 1.0', '16 feff 0000 000000000000 0001 01', 0, true],
  ['a record that the snap length cut', '16 fefd 0000 000000000000 0100 01', 255, true],
  ['an empty datagram', '', 0, false],
  ['RTP', '80 60 0001 00000001 00000002 0000000000', 0, false],
  ['TLS over TCP', '16 0301 0200 0100 01fc 0303 00000000', 0, false],
  [
    'two bytes of another protocol that look like the pre-standard version',
    '16 0100 0000 000000000000 ffff 01',
    0,
    false,
  ],
  ['a record of the pre-standard version that fits', '14 0100 0000 000000000000 0001 01', 0, true],
])('%s is told by content', (_, hex, missing, expected) => {
  expect(looksLikeDtls(bytes(hex), missing)).toBe(expected);
});

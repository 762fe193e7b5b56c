/** Data channels of WebRTC. Hex is decrypted application data of turn-udp-firefox-dtls12.relay.pcap where it is not made here. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../wire/text.ts';
import { crc32c } from './crc32c.ts';
import { ascii, bytes, fieldsOf, said, told } from './read.test.helper.ts';

const DCEP_OPEN =
  '138813881c94c3776f7b392940030026d9951aaa000100000000000000000032030000000000000000060000636f727075730000';
const RECONFIG = '138813881c94c3772128ae9782000016000d0012d9951aaad9951aaad9951aae00010000';

test.each([
  [
    'INIT, 65535 streams out and 65535 in, window 16777216',
    '1388138800000000e802a7c9010000201c94c37701000000ffffffffcc16bc2cc00000048008000882c040c2',
  ],
  [
    'COOKIE ECHO, 44 bytes',
    '138813880230fdf677778e4b0a00003064635343545030301c94c3770230fdf6cc16bc2cd9951aaa01000000000000000000000001010100ffffffff',
  ],
  ['COOKIE ACK', '138813880230fdf641e78f1c0b000004'],
  ['I-DATA stream 1: DCEP open "corpus", reliable', DCEP_OPEN],
  ['I-DATA stream 1: DCEP ack', '138813880230fdf68e223f4e40030015cc16bc2c00010000000000000000003202000000'],
  ['SACK', '138813880230fdf6b91c070e03000010d9951aaa00e6666600000000'],
  [
    'SACK + I-DATA stream 1: String "echo:hello from offerer"',
    '138813880230fdf69e87305603000010d9951aab00e66666000000004003002bcc16bc2d0001000000000001000000336563686f3a68656c6c6f2066726f6d206f66666572657200',
  ],
  ['RE-CONFIG (Outgoing SSN Reset Request: stream 1)', RECONFIG],
  [
    'RE-CONFIG (Re-configuration Response: Success - Performed)',
    '138813880230fdf6dc97a392820000100010000cd9951aaa00000001',
  ],
  ['ABORT (User-Initiated Abort: Close called)', '138813881c94c377f433548206000014000c0010436c6f73652063616c6c6564'],
])('%s', (summary, hex) => {
  expect(said(hex)).toBe(`SCTP: ${summary}`);
});

test.each([
  [
    'ice-restart-same-dtls-chromium-firefox.answerer',
    'DATA stream 1: DCEP open "corpus", reliable',
    '13881388e1b3636744b803f50003002272188f8c0001000000000032030001000000000000060000636f727075730000',
  ],
  [
    'turn-udp-firefox-chromium.answerer',
    'SACK + DATA stream 1: String "echo:second message"',
    '13881388821edc0880d8227c03000010f71c9969004800000000000000030023c4c8610800010002000000336563686f3a7365636f6e64206d65737361676500',
  ],
  [
    'firefox-webrtc-reorder.server',
    'SACK, gap ack blocks: 1',
    '13881388626c540372bdcdbf03000014c298565800e661e20001000000020002',
  ],
])('%s: %s', (_capture, summary, hex) => {
  expect(said(hex)).toBe(`SCTP: ${summary}`);
});

test('fields of a DATA_CHANNEL_OPEN', () => {
  const { fields, reader } = fieldsOf('SCTP', bytes(DCEP_OPEN));
  expect(reader.problems).toEqual([]);
  expect(told(fields)).toEqual([
    'source_port: 5000',
    'destination_port: 5000',
    'verification_tag: 479511415',
    'checksum: CRC32c, right',
    'chunk_type: I-DATA',
    'chunk_flags: 3',
    'chunk_length: 38',
    'tsn: 3650427562',
    'stream_identifier: 1',
    'reserved: 0',
    'message_identifier: 0',
    'payload_protocol_identifier: DCEP',
    'message_type: DATA_CHANNEL_OPEN',
    'channel_type: reliable',
    'priority: 0',
    'reliability_parameter: 0',
    'label_length: 6',
    'protocol_length: 0',
    'label: corpus',
    'padding: 0000',
  ]);
  expect(fields[0]?.children.at(-1)).toMatchObject({ name: 'I-DATA', at: { from: 12, to: 52 } });
});

/** RFC 9260 appendix A, bit by bit. */
function checksum(packet: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of packet) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A packet with that checksum, or the right one. */
function packet(chunks: string, sum?: string): Uint8Array {
  const whole = bytes(`1388138801020304${sum ?? '00000000'}${chunks}`);
  if (sum === undefined) new DataView(whole.buffer).setUint32(8, checksum(whole), true);
  return whole;
}

const HELLO = '00030015 00000007 0001 0002 00000033 68656c6c6f000000';

describe('checksum', () => {
  test('of "123456789" is the check value of CRC-32C', () => {
    const digits = ascii('123456789');
    expect(crc32c(digits.length, (i) => digits[i] ?? 0)).toBe(0xe3069283);
  });

  test('right, wrong, zero', () => {
    expect(said(packet(HELLO))).toBe('SCTP: DATA stream 1: String "hello"');
    expect(said(packet(HELLO, 'deadbeef'))).toBe('SCTP: DATA stream 1: String "hello", checksum wrong');
    expect(said(packet(HELLO, '00000000'))).toBe('SCTP: DATA stream 1: String "hello"');
    const meaning = (of: Uint8Array) => told(fieldsOf('SCTP', of).fields)[3];
    const right = toHex(packet(HELLO).subarray(8, 12));
    expect(meaning(packet(HELLO, 'deadbeef'))).toBe(`checksum: CRC32c, wrong: it should be 0x${right}`);
    expect(meaning(packet(HELLO, '00000000'))).toBe('checksum: zero: not computed (RFC 9653)');
  });
});

test('DATA: fragments, empty messages, other protocols', () => {
  const data = (flags: string, ppid: string, body = '68656c6c') =>
    packet(`00${flags}0014 00000007 0001 0002 ${ppid} ${body}`);
  expect(said(data('02', '00000033'))).toBe('SCTP: DATA stream 1: String, first fragment, 4 bytes');
  expect(said(data('00', '00000035'))).toBe('SCTP: DATA stream 1: Binary, middle fragment, 4 bytes');
  expect(said(data('01', '00000035'))).toBe('SCTP: DATA stream 1: Binary, last fragment, 4 bytes');
  expect(said(data('03', '00000038'))).toBe('SCTP: DATA stream 1: String Empty');
  expect(said(data('03', '00000005'))).toBe('SCTP: DATA stream 1: PPID 5, 4 bytes');
});

test('FORWARD TSN and SACK tell what is missing', () => {
  expect(said(packet('c000000c0000000900030001'))).toBe('SCTP: FORWARD TSN, stream 3');
  expect(said(packet('030000180000000900000000 0001 0001 00020003 00000005'))).toBe(
    'SCTP: SACK, gap ack blocks: 1, duplicates: 1, window 0',
  );
});

test.each([
  ['no chunk', '13881388010203040000 0000'],
  ['an unknown chunk', '138813880102030400000000 3f000004'],
  ['a chunk longer than the packet', '138813880102030400000000 0b000008'],
  ['a chunk shorter than its header', '138813880102030400000000 0b000003'],
])('not SCTP: %s', (_why, hex) => {
  expect(said(hex)).toBeNull();
});

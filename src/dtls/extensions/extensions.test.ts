import { describe, expect, test } from 'vitest';
import { FieldTree } from '../../wire/fields.ts';
import { ByteReader } from '../../wire/reader.ts';
import { fromHex } from '../../wire/text.ts';
import { extensionName } from '../registry.ts';
import * as ask from './accessors.ts';
import type { HelloMessage } from './decoder.ts';
import { decodeExtensions, extensionSummary, extensionValue, isMisplaced } from './extensions.ts';
import { EXTENSIONS } from './table.ts';

/** Extensions given as [number, body in hex]. */
function decode(message: HelloMessage, ...extensions: readonly (readonly [number, string])[]) {
  const word = (value: number): string => value.toString(16).padStart(4, '0');
  const list = extensions.map(([type, body]) => {
    const hex = body.replace(/ /g, '');
    return `${word(type)}${word(hex.length / 2)}${hex}`;
  });
  const hex = list.join('');
  const bytes = fromHex(`${word(hex.length / 2)}${hex}`) ?? new Uint8Array();
  const tree = new FieldTree();
  const r = new ByteReader('message', bytes, tree);
  return { list: decodeExtensions(r, message), problems: r.problems, fields: tree.fields };
}

function summaryOf(message: HelloMessage, type: number, body: string): string {
  const { list, problems } = decode(message, [type, body]);
  expect(problems).toEqual([]);
  return list.map(extensionSummary).join();
}

describe('the table', () => {
  test.each([...EXTENSIONS])('%i has its registry name', (type, { name, allowedIn }) => {
    expect(extensionName(type)).toBe(name);
    expect(allowedIn.length).toBeGreaterThan(0);
  });
});

describe('lists', () => {
  test('no bytes are no extensions', () => {
    const r = new ByteReader('message', new Uint8Array());
    expect(decodeExtensions(r, 'client_hello')).toEqual([]);
    expect(r.problems).toEqual([]);
  });

  test('a type that occurs again is illegal, and both are kept', () => {
    const { list, problems } = decode('client_hello', [23, ''], [22, ''], [23, ''], [23, '']);
    expect(list).toHaveLength(4);
    expect(problems).toMatchObject([{ kind: 'illegal', at: { from: 10, to: 14 } }]);
    expect(problems[0]).toMatchObject({ why: 'extended_master_secret occurs more than once' });
  });

  test('what a body holds beyond its contents is a problem of that extension', () => {
    const { problems } = decode('client_hello', [54, '01 aa bb'], [23, '']);
    expect(problems).toMatchObject([{ kind: 'trailing', field: 'connection_id', at: { from: 8, to: 9 } }]);
  });

  test('unknown and GREASE extensions keep their bytes', () => {
    const { list, fields } = decode('client_hello', [0x1a1a, '00'], [0x00fe, 'abcd']);
    expect(list.map(({ name, value }) => [name, value])).toEqual([
      ['GREASE (0x1a1a)', fromHex('00')],
      ['0x00fe', fromHex('abcd')],
    ]);
    expect(fields[1]?.children[1]).toMatchObject({ name: 'extension', meaning: '0x00fe', at: { from: 7, to: 13 } });
  });

  test('extensions where they do not belong are told', () => {
    const { list } = decode('server_hello', [0, ''], [21, ''], [0x1a1a, '']);
    expect(list.map((extension) => isMisplaced(extension, 'server_hello'))).toEqual([false, true, false]);
  });
});

describe('text from the wire is shown safely', () => {
  test('printable names as text, others as hex', () => {
    const { list } = decode('client_hello', [0, '000a 00 0007 61620a1b5b306d'], [16, '000a 02 6832 02 0a0a 03 610a62']);
    expect(ask.serverNames(list)).toEqual(['61620a1b5b306d']);
    expect(ask.alpnProtocols(list)).toEqual(['h2', 'GREASE (0x0a0a)', '610a62']);
  });
});

describe('values by message', () => {
  test('supported_versions, certificate types and tickets have a short form in answers', () => {
    expect(summaryOf('client_hello', 43, '04 fefc fefd')).toBe('DTLS 1.3, DTLS 1.2');
    expect(summaryOf('server_hello', 43, 'fefc')).toBe('DTLS 1.3');
    expect(summaryOf('client_hello', 20, '02 02 00')).toBe('Raw Public Key, X509');
    expect(summaryOf('server_hello', 20, '02')).toBe('Raw Public Key');
    expect(summaryOf('client_hello', 58, '02 01')).toBe('2 new, 1 resumed');
    expect(summaryOf('encrypted_extensions', 58, '02')).toBe('2 tickets');
  });

  test('key_share', () => {
    expect(summaryOf('client_hello', 51, '0006 001d 0002 abcd')).toBe('x25519');
    expect(summaryOf('server_hello', 51, '001d 0002 abcd')).toBe('x25519');
    expect(summaryOf('hello_retry_request', 51, '11ec')).toBe('X25519MLKEM768');
    expect(extensionValue(decode('client_hello', [51, '0000']).list, 51)).toEqual({ entries: [], selectedGroup: null });
  });

  test('status_request', () => {
    expect(summaryOf('client_hello', 5, '01 0000 0000')).toBe('certificate status wanted');
    expect(summaryOf('server_hello', 5, '')).toBe('status follows');
    expect(summaryOf('certificate', 5, '01 000002 3000')).toBe('OCSP response');
  });

  test('early_data', () => {
    expect(summaryOf('client_hello', 42, '')).toBe('0-RTT');
    expect(summaryOf('new_session_ticket', 42, '00001000')).toBe('at most 4096 bytes of 0-RTT data');
  });

  test('encrypted_client_hello', () => {
    expect(summaryOf('client_hello', 65037, '00 0001 0001 2a 0002 aabb 0003 010203')).toMatch(/encrypted in 3 bytes/);
    expect(summaryOf('client_hello', 65037, '01')).toBe('inner');
    expect(summaryOf('hello_retry_request', 65037, '0102030405060708')).toBe('confirmation');
  });

  test('connection_id: zero length is not the same as absent', () => {
    const { list } = decode('client_hello', [54, '00']);
    expect(ask.connectionId(list)).toEqual({ cid: new Uint8Array(), draft: false });
    expect(ask.connectionId([])).toBeUndefined();
    expect(summaryOf('client_hello', 54, '00')).toBe('records to the sender carry no CID');
    expect(summaryOf('client_hello', 53, '02 aabb')).toBe('records to the sender carry this 2-byte CID');
  });

  test('lengths and limits', () => {
    expect(summaryOf('client_hello', 1, '04')).toBe('4096 bytes');
    expect(summaryOf('client_hello', 1, '09')).toBe('0x09');
    expect(ask.maxFragmentLength(decode('client_hello', [1, '09']).list)).toBeUndefined();
    expect(summaryOf('client_hello', 28, '0400')).toBe('1024 bytes');
  });

  test('padding is zero', () => {
    expect(summaryOf('client_hello', 21, '0000')).toBe('2 bytes');
    expect(decode('client_hello', [21, '0001']).problems).toMatchObject([{ kind: 'illegal', field: 'padding' }]);
  });

  test('renegotiation_info', () => {
    expect(summaryOf('client_hello', 65281, '00')).toBe('secure renegotiation supported');
    expect(summaryOf('client_hello', 65281, '02 abcd')).toBe('renegotiating (RFC 5746)');
  });
});

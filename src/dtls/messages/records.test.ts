/** Contents of records that are no handshake, and forms of messages that no capture here holds. */
import { describe, expect, test } from 'vitest';
import { FieldTree } from '../../wire/fields.ts';
import { ByteReader } from '../../wire/reader.ts';
import { fromHex } from '../../wire/text.ts';
import { HANDSHAKE_TYPE, VERSION } from '../registry.ts';
import { decodeAck } from './ack.ts';
import { decodeAlert } from './alert.ts';
import { type MessageContext, NO_CONTEXT } from './context.ts';
import { decodeHeartbeat } from './heartbeat.ts';
import { decodeHandshakeBody } from './index.ts';
import { decodeReturnRoutabilityCheck } from './return-routability-check.ts';
import { downgradeMark } from './server-hello.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replace(/ /g, '')) ?? new Uint8Array();

function reader(hex: string): { readonly r: ByteReader; readonly tree: FieldTree } {
  const tree = new FieldTree();
  return { r: new ByteReader('plaintext', bytesOf(hex), tree), tree };
}

function body(type: number, hex: string, context: Partial<MessageContext> = {}) {
  const { r, tree } = reader(hex);
  const message = decodeHandshakeBody(type, r, { ...NO_CONTEXT, ...context });
  return { message, problems: r.problems, fields: tree.fields };
}

describe('alert', () => {
  test('level and description are named', () => {
    const { r, tree } = reader('0228');
    expect(decodeAlert(r)).toEqual({ level: 2, description: 40 });
    expect(tree.fields.map(({ meaning }) => meaning)).toEqual(['fatal', 'handshake_failure']);
    expect(r.problems).toEqual([]);
  });

  test('what follows it is a problem, and so is half of it', () => {
    const { r } = reader('010000');
    decodeAlert(r);
    expect(r.problems).toMatchObject([{ kind: 'trailing', at: { from: 2, to: 3 } }]);
    const { r: half } = reader('02');
    decodeAlert(half);
    expect(half.problems).toMatchObject([{ kind: 'truncated', field: 'description', missing: 1 }]);
  });
});

describe('ACK', () => {
  test('numbers may name records of epoch 0', () => {
    const { r, tree } = reader('0020 0000000000000000 0000000000000000 0000000000000002 0000ffffffffffff');
    expect(decodeAck(r).recordNumbers).toEqual([
      { epoch: 0, sequenceNumber: 0 },
      { epoch: 2, sequenceNumber: 2 ** 48 - 1 },
    ]);
    expect(r.problems).toEqual([]);
    expect(tree.fields[1]?.children.map(({ meaning }) => meaning)).toEqual(['0:0', '2:281474976710655']);
  });

  test('an empty list is legal, a number above 2^48 is not, nor half a number', () => {
    const { r: empty } = reader('0000');
    expect(decodeAck(empty).recordNumbers).toEqual([]);
    expect(empty.problems).toEqual([]);
    const { r: high } = reader('0010 0001000000000000 0000000000000000');
    decodeAck(high);
    expect(high.problems).toMatchObject([{ kind: 'illegal', field: 'epoch' }]);
    const { r: half } = reader('0008 0000000000000002');
    expect(decodeAck(half).recordNumbers).toEqual([]);
    expect(half.problems).toMatchObject([{ kind: 'trailing', field: 'record_numbers' }]);
  });
});

test('heartbeat: a payload length beyond the message is Heartbleed', () => {
  const { r } = reader('01 0002 cafe 00000000000000000000000000000000');
  expect(decodeHeartbeat(r)).toMatchObject({ heartbeatType: 1, payload: bytesOf('cafe'), paddingLength: 16 });
  expect(r.problems).toEqual([]);
  const { r: bleed } = reader('01 4000');
  decodeHeartbeat(bleed);
  expect(bleed.problems).toMatchObject([{ kind: 'truncated', field: 'payload', missing: 16384 }, { kind: 'illegal' }]);
});

test('return_routability_check', () => {
  const { r, tree } = reader('00 0102030405060708');
  expect(decodeReturnRoutabilityCheck(r)).toEqual({ messageType: 0, cookie: bytesOf('0102030405060708') });
  expect(tree.fields[0]?.meaning).toBe('path_challenge');
  expect(r.problems).toEqual([]);
});

describe('messages', () => {
  test('CertificateRequest before version 1.2 has no signature algorithms', () => {
    const { message, problems } = body(HANDSHAKE_TYPE.certificateRequest, '02 01 40 0004 0002 3000', {
      version: VERSION.dtls10,
    });
    expect(message).toMatchObject({ certificateTypes: [1, 64], signatureSchemes: [], certificateAuthorities: [{}] });
    expect(problems).toEqual([]);
  });

  test('CertificateVerify before version 1.2 is a bare signature', () => {
    const { message } = body(HANDSHAKE_TYPE.certificateVerify, '0002 abcd', { version: VERSION.dtls10 });
    expect(message).toEqual({ type: 'CertificateVerify', signatureScheme: null, signature: bytesOf('abcd') });
  });

  test('a client without certificate sends an empty list, in both forms', () => {
    expect(body(HANDSHAKE_TYPE.certificate, '000000')).toMatchObject({ message: { certificates: [] }, problems: [] });
    const version13 = body(HANDSHAKE_TYPE.certificate, '00 000000', { version: VERSION.dtls13 });
    expect(version13).toMatchObject({ message: { certificates: [] }, problems: [] });
  });

  test('the RSA ciphertext of pre-standard DTLS has no length', () => {
    const { message, problems } = body(HANDSHAKE_TYPE.clientKeyExchange, 'aabbccdd', {
      version: VERSION.dtls09,
      keyExchange: 'RSA',
    });
    expect(message).toMatchObject({ encryptedPreMasterSecret: bytesOf('aabbccdd') });
    expect(problems).toEqual([]);
  });

  test('a fixed ECDH key of the client is in its certificate', () => {
    const fixed = body(HANDSHAKE_TYPE.clientKeyExchange, '', { keyExchange: 'ECDH' });
    expect(fixed).toMatchObject({ message: { publicKey: null }, problems: [] });
    const ephemeral = body(HANDSHAKE_TYPE.clientKeyExchange, '', { keyExchange: 'ECDHE' });
    expect(ephemeral.problems).toMatchObject([{ kind: 'truncated', field: 'ecdh_Yc_length' }]);
  });

  test('explicit curve parameters are kept as bytes', () => {
    const { message, problems } = body(HANDSHAKE_TYPE.serverKeyExchange, '01 112233', { keyExchange: 'ECDHE' });
    expect(message).toMatchObject({ group: null, publicKey: null, unread: bytesOf('112233') });
    expect(problems).toEqual([]);
  });

  test('RequestConnectionId and NewConnectionId', () => {
    expect(body(HANDSHAKE_TYPE.requestConnectionId, '03').message).toEqual({ type: 'RequestConnectionId', count: 3 });
    const { message, fields } = body(HANDSHAKE_TYPE.newConnectionId, '0005 02 0a0b 01 0c 01');
    expect(message).toMatchObject({ connectionIds: [bytesOf('0a0b'), bytesOf('0c')], usage: 1 });
    expect(fields.at(-1)?.meaning).toBe('cid_spare');
  });

  test('CompressedCertificate, CertificateStatus and SupplementalData', () => {
    const compressed = body(HANDSHAKE_TYPE.compressedCertificate, '0001 000400 000002 789c');
    expect(compressed.message).toMatchObject({ algorithm: 1, uncompressedLength: 1024, compressed: bytesOf('789c') });
    const status = body(HANDSHAKE_TYPE.certificateStatus, '01 000002 3000');
    expect(status.message).toMatchObject({ statusType: 1, response: bytesOf('3000') });
    expect(body(HANDSHAKE_TYPE.supplementalData, '000001 00').message).toMatchObject({ data: bytesOf('00') });
  });

  test('KeyUpdate has two values', () => {
    expect(body(HANDSHAKE_TYPE.keyUpdate, '00')).toMatchObject({ message: { updateRequested: false }, problems: [] });
    expect(body(HANDSHAKE_TYPE.keyUpdate, '02').problems).toMatchObject([{ kind: 'illegal' }]);
  });

  test('empty messages are empty, and unknown ones are bytes', () => {
    expect(body(HANDSHAKE_TYPE.serverHelloDone, '')).toMatchObject({
      message: { type: 'ServerHelloDone' },
      problems: [],
    });
    expect(body(HANDSHAKE_TYPE.helloRequest, '00').problems).toMatchObject([
      { kind: 'trailing', field: 'HelloRequest' },
    ]);
    expect(body(HANDSHAKE_TYPE.ektKey, 'ab').message).toEqual({
      type: 'Opaque',
      handshakeType: 26,
      body: bytesOf('ab'),
    });
  });

  test('a session_id of more than 32 bytes is illegal', () => {
    const hex = `fefd ${'00'.repeat(32)} 21 ${'11'.repeat(33)} 1301 00`;
    expect(body(HANDSHAKE_TYPE.serverHello, hex).problems).toMatchObject([{ kind: 'illegal', field: 'session_id' }]);
  });
});

test('the marks of a downgrade', () => {
  const random = (end: string) => bytesOf(`${'5a'.repeat(24)}${end}`);
  expect(downgradeMark(random('444f574e47524401'))).toBe('to-1.2');
  expect(downgradeMark(random('444f574e47524400'))).toBe('to-1.1-or-below');
  expect(downgradeMark(random('444f574e47524402'))).toBeNull();
});

/** CoAP as libcoap, and LwM2M as its specification, send it. Hex is decrypted application data of the captures named. */
import { describe, expect, test } from 'vitest';
import { ascii, bytes, fieldsOf, said, told } from './read.test.helper.ts';

test.each([
  ['libcoap-openssl-psk-observe', '410151640160126a4d4474696d65', 'CON GET /time, token 01, observe 0'],
  [
    'libcoap-openssl-psk-observe',
    '614551640161028101ff4e6f762032302032333a33393a3138',
    'ACK 2.05 Content, token 01, observe 2, "Nov 20 23:39:18"',
  ],
  ['libcoap-openssl-psk-observe', '60009457', 'ACK, message_id 37975'],
  ['libcoap-openssl-psk-observe', '51015165016101126a4d4474696d65', 'NON GET /time, token 01, observe 1'],
  [
    'libcoap-openssl-psk-wellknown',
    '4101b73c01726a494b2e77656c6c2d6b6e6f776e04636f7265c102',
    'CON GET /.well-known/core, token 01, block2 0 of 64 bytes',
  ],
  [
    'libcoap-openssl-psk-wellknown',
    '6745b73e0300000000000241018128b1225197ff224578616d706c652044617461223b63743d303b6f6273',
    'ACK 2.05 Content, token 03000000000002, block2 2 of 64 bytes, 23 bytes of application/link-format',
  ],
  [
    'libcoap-gnutls-psk-put',
    '4103702101726a6d4c6578616d706c655f6461746110ff68656c6c6f2066726f6d206c6962636f617020707574',
    'CON PUT /example_data, token 01, "hello from libcoap put"',
  ],
  ['M_lwm2m_4_clients_interleaved', '40021200b27264', 'CON POST /rd'],
  ['M_lwm2m_4_clients_interleaved', '60411200', 'ACK 2.01 Created'],
  ['M_lwm2m_4_clients_interleaved', '40017001b1330130', 'CON GET /3/0'],
])('%s: %s', (_capture, hex, summary) => {
  expect(said(hex)).toBe(`CoAP: ${summary}`);
});

test('fields of libcoap-openssl-psk-observe: header, token, options with their meanings', () => {
  const { fields, reader } = fieldsOf('CoAP', bytes('410151640160126a4d4474696d65'));
  expect(reader.problems).toEqual([]);
  expect(fields).toMatchObject([
    { name: 'CoAP', meaning: 'CON GET /time, token 01, observe 0', at: { from: 0, to: 14 } },
  ]);
  expect(fields[0]?.children.map(({ name, meaning }) => `${name}: ${meaning}`)).toEqual([
    'version_type_tkl: version 1, CON, token of 1 byte',
    'code: 0.01 GET',
    'message_id: null',
    'token: null',
    'option: Observe: 0',
    'option: Uri-Port: 27213',
    'option: Uri-Path: time',
  ]);
});

describe('LwM2M', () => {
  /** POST with options Uri-Path, Content-Format and Uri-Query. */
  function post(path: string, ...queries: readonly string[]): Uint8Array {
    const options = [
      [0xb0 + path.length, ...ascii(path)],
      [0x11, 40],
    ];
    queries.forEach((query, index) => {
      const delta = index === 0 ? 0x30 : 0;
      options.push(
        query.length < 13 ? [delta + query.length, ...ascii(query)] : [delta + 13, query.length - 13, ...ascii(query)],
      );
    });
    return Uint8Array.from([0x44, 2, 0x12, 0x34, 1, 2, 3, 4, ...options.flat(), 0xff, ...ascii('</1/0>,</3/0>')]);
  }

  test('registration and bootstrap have a name of their own', () => {
    expect(said(post('rd', 'lwm2m=1.1', 'ep=urn:imei:352656', 'lt=300', 'b=U'))).toBe(
      'LwM2M: LwM2M register ep=urn:imei:352656 lt=300 b=U, version 1.1',
    );
    expect(said(post('rd', 'ep=node', 'lt=60'))).toBe('LwM2M: LwM2M register ep=node lt=60');
    expect(said(post('bs', 'ep=node'))).toBe('LwM2M: LwM2M bootstrap request ep=node');
    const { fields } = fieldsOf('LwM2M', post('rd', 'lwm2m=1.0', 'ep=node', 'lt=60'));
    expect(fields[0]?.children.at(-3)?.meaning).toBe('Uri-Query: lt=60');
  });

  test('an endpoint of a resource directory (RFC 9176) is not LwM2M', () => {
    expect(said(post('rd', 'ep=node', 'lt=60', 'base=coap://host'))).toMatch(/^CoAP: CON POST \/rd\?ep=node&lt=60/);
  });
});

describe('what is not CoAP', () => {
  test.each([
    ['version 0', '010151640160'],
    ['token_length 9', '490151640102030405060708090a'],
    ['a code of no registry', '401f1234'],
    ['an empty message with a token', '4100123401'],
    ['a request in an ACK', '60011234'],
    ['an option of no registry', '4001123422abcd'],
    ['an option that is too long', '4001123464 00000000'],
    ['a payload marker without payload', '40011234ff'],
  ])('%s', (_why, hex) => {
    expect(said(hex)).toBeNull();
  });

  test('text that could be an ACK is text, unless CoAP is expected there', () => {
    expect(said(ascii('`AbX'))).toBe('text: "`AbX"');
    expect(said(ascii('`AbX'), { port: 5684 })).toBe('CoAP: ACK 2.01 Created');
    expect(said(ascii('`AbX'), { alpn: 'coap' })).toBe('CoAP: ACK 2.01 Created');
    expect(said(ascii('hello'), { port: 5684 })).toBe('text: "hello"');
  });
});

test('a damaged message still leaves its fields', () => {
  const { fields, reader } = fieldsOf('CoAP', bytes('410151640160126a4d4474'));
  expect(reader.problems).toMatchObject([{ kind: 'truncated', field: 'value', missing: 3 }]);
  expect(told(fields).at(-1)).toBe('value: t');
});

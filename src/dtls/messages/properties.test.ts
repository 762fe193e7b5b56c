/** What holds for any bytes whatever: nothing throws, nothing is read twice, nothing is left out, nothing blows up. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Field, FieldTree } from '../../wire/fields.ts';
import { ByteReader, type Problem } from '../../wire/reader.ts';
import { concat, fromHex } from '../../wire/text.ts';
import { decodeExtensions, extensionSummary } from '../extensions/extensions.ts';
import { EXTENSIONS } from '../extensions/table.ts';
import { HANDSHAKE_TYPE, VERSION } from '../registry.ts';
import { decodeAck } from './ack.ts';
import { decodeAlert } from './alert.ts';
import captures from './captures.fixture.json';
import type { MessageContext } from './context.ts';
import { decodeHeartbeat } from './heartbeat.ts';
import { decodeHandshakeBody } from './index.ts';
import { decodeReturnRoutabilityCheck } from './return-routability-check.ts';

const KEY_EXCHANGES = [
  'ECDHE',
  'DHE',
  'PSK',
  'ECDHE_PSK',
  'DHE_PSK',
  'RSA_PSK',
  'RSA',
  'ECDH',
  'DH_anon',
  'ECJPAKE',
  'SRP',
];

const contexts: fc.Arbitrary<MessageContext> = fc.record({
  version: fc.constantFrom(null, ...Object.values(VERSION)),
  keyExchange: fc.constantFrom(null, 'GOST', ...KEY_EXCHANGES),
  sender: fc.constantFrom(null, 'client', 'server'),
  serverCertificateType: fc.constantFrom(0, 1, 2),
  clientCertificateType: fc.constantFrom(0, 1, 2),
});

const types = fc.constantFrom(...Object.values(HANDSHAKE_TYPE), 6, 67, 255);

/** Real messages with a few bytes changed and some cut off: random bytes alone seldom get past the first length. */
const real = Object.values(captures)
  .flatMap((capture) => Object.values<string>(capture))
  .map((hex) => fromHex(hex) ?? new Uint8Array());
const damaged: fc.Arbitrary<Uint8Array> = fc
  .record({
    message: fc.constantFrom(...real),
    changes: fc.array(fc.record({ at: fc.nat(2000), to: fc.nat(255) }), { maxLength: 4 }),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
    whole: fc.boolean(),
  })
  .map(({ message, changes, keep, whole }) => {
    const bytes = message.slice(0, whole ? message.length : Math.floor(keep * message.length));
    for (const { at, to } of changes) if (bytes.length > 0) bytes[at % bytes.length] = to;
    return bytes;
  });
const bodies = fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged);

interface Outcome {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  readonly fields: readonly Field[];
}

/** Decodes twice, with and without a sink, checks what must hold of both, and gives the recorded one. */
function check(bytes: Uint8Array, decode: (r: ByteReader) => unknown): Outcome {
  const bare = new ByteReader('message', bytes);
  const tree = new FieldTree();
  const recorded = new ByteReader('message', bytes, tree);
  const [value, again] = [decode(bare), decode(recorded)];
  expect(again).toEqual(value);
  expect(recorded.problems).toEqual(bare.problems);
  expect(bare.remaining).toBe(0);
  expect(tilingFault(tree.fields, 0, bytes.length)).toBeNull();
  for (const { at } of bare.problems) {
    expect(at.from).toBeGreaterThanOrEqual(0);
    expect(at.to).toBeGreaterThanOrEqual(at.from);
    expect(at.to).toBeLessThanOrEqual(bytes.length);
  }
  return { value, problems: bare.problems, fields: tree.fields };
}

/** Siblings follow each other without gap or overlap from `from` to `to`, and so do the children of each group. */
function tilingFault(fields: readonly Field[], from: number, to: number): string | null {
  let at = from;
  for (const field of fields) {
    if (field.at.from !== at) return `${field.name} begins at ${field.at.from}, not at ${at}`;
    at = field.at.to;
    const within = field.value === null ? tilingFault(field.children, field.at.from, field.at.to) : null;
    if (within !== null) return `${field.name}: ${within}`;
  }
  return at === to ? null : `ends at ${at}, not at ${to}`;
}

describe('any bytes', () => {
  test('as any handshake message in any context', () => {
    fc.assert(
      fc.property(types, bodies, contexts, (type, bytes, context) => {
        check(bytes, (r) => decodeHandshakeBody(type, r, context));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['alert', decodeAlert],
    ['ACK', decodeAck],
    ['heartbeat', decodeHeartbeat],
    ['return_routability_check', decodeReturnRoutabilityCheck],
  ] as const)('as %s', (_, decode) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void check(bytes, decode)));
  });

  test('as the body of any extension in any message', () => {
    const numbers = fc.oneof(fc.constantFrom(...EXTENSIONS.keys()), fc.nat(0xffff));
    const messages = fc.constantFrom(
      'client_hello',
      'server_hello',
      'hello_retry_request',
      'encrypted_extensions',
      'certificate',
      'certificate_request',
      'new_session_ticket',
    );
    fc.assert(
      fc.property(numbers, messages, fc.uint8Array({ maxLength: 60 }), (type, message, body) => {
        const bytes = concat(uint16(body.length + 4), uint16(type), uint16(body.length), body);
        check(bytes, (r) => {
          const list = decodeExtensions(r, message);
          expect(list.map((extension) => [extension.type, extension.body])).toEqual([[type, body]]);
          expect(list.map(extensionSummary).join()).not.toMatch(/undefined|NaN|\[object/);
          return list;
        });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('hostile sizes', () => {
  const CONTEXT: MessageContext = { version: VERSION.dtls13, keyExchange: null, sender: 'client' };
  const hello = concat(new Uint8Array(2 + 32 + 1 + 1), uint16(2), uint16(0x1301), new Uint8Array([1, 0]));

  test('16000 empty extensions of one type are one problem', () => {
    const bytes = concat(
      hello,
      uint16(64000),
      new Uint8Array(64000).fill(0xfe).map((b, i) => (i % 4 < 2 ? b : 0)),
    );
    const { problems } = check(bytes, (r) => decodeHandshakeBody(HANDSHAKE_TYPE.clientHello, r, CONTEXT));
    expect(problems).toHaveLength(1);
  });

  test('a list that claims more than there is ends with what there is', () => {
    const bytes = concat(new Uint8Array(2 + 32 + 1 + 1), uint16(65535), new Uint8Array(100));
    const { problems, value } = check(bytes, (r) => decodeHandshakeBody(HANDSHAKE_TYPE.clientHello, r, CONTEXT));
    expect(problems[0]).toMatchObject({ kind: 'truncated', field: 'cipher_suites', missing: 65435 });
    expect(value).toMatchObject({ cipherSuites: { length: 50 } });
  });

  test('65535 bytes of the smallest elements stay in proportion', () => {
    const started = performance.now();
    const cases: readonly (readonly [number, Uint8Array])[] = [
      [HANDSHAKE_TYPE.clientHello, concat(new Uint8Array(36), uint16(65534), new Uint8Array(65534))],
      [HANDSHAKE_TYPE.newConnectionId, concat(uint16(65535), new Uint8Array(65536))],
      [HANDSHAKE_TYPE.certificate, concat(new Uint8Array([0, 0, 0xff, 0xff]), new Uint8Array(65535))],
    ];
    for (const [type, bytes] of cases) {
      const tree = new FieldTree();
      const r = new ByteReader('message', bytes, tree);
      decodeHandshakeBody(type, r, CONTEXT);
      expect(countOf(tree.fields)).toBeLessThan(3 * 65536);
      expect(r.problems.length).toBeLessThan(16);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

function countOf(fields: readonly Field[]): number {
  return fields.reduce((sum, field) => sum + 1 + countOf(field.children), 0);
}

function uint16(value: number): Uint8Array {
  return new Uint8Array([value >> 8, value & 0xff]);
}

/** Records, handshake messages, extensions, and what decrypted application data is: each with its field tree. */
import { decodeApplication, PROTOCOLS, recognise } from '../../../src/application/application.ts';
import { decodeExtensions, extensionSummary } from '../../../src/dtls/extensions/extensions.ts';
import { decodeFragments } from '../../../src/dtls/fragment.ts';
import { decodeAck } from '../../../src/dtls/messages/ack.ts';
import { decodeAlert } from '../../../src/dtls/messages/alert.ts';
import captured from '../../../src/dtls/messages/captures.fixture.json';
import { decodeHeartbeat } from '../../../src/dtls/messages/heartbeat.ts';
import { decodeHandshakeBody } from '../../../src/dtls/messages/index.ts';
import { decodeReturnRoutabilityCheck } from '../../../src/dtls/messages/return-routability-check.ts';
import { MessageAssembly } from '../../../src/dtls/reassembly.ts';
import { decodeRecords, looksLikeDtls, looksLikeUnified, mayBeUnified } from '../../../src/dtls/record.ts';
import { VERSION } from '../../../src/dtls/registry.ts';
import { type Field, FieldTree } from '../../../src/wire/fields.ts';
import { ByteReader } from '../../../src/wire/reader.ts';
import { concat, fromHex } from '../../../src/wire/text.ts';
import { asBytes, type Entry, must } from '../entry.ts';
import { fileBytes, filesWith, framesOf } from '../seeds.ts';
import { within } from '../soundness.ts';

/** Decodes the input from `from` on; the fields have to tile what was read, the problems to lie within. */
function decoded(input: Uint8Array, from: number, decode: (r: ByteReader) => unknown): unknown {
  const bytes = input.subarray(from);
  const tree = new FieldTree();
  const r = new ByteReader('message', bytes, tree);
  const value = decode(r);
  within(
    r.problems.map(({ at }) => at),
    bytes.length,
  );
  tiles(tree.fields, bytes.length);
  return [value, tree.fields, r.problems];
}

function tiles(fields: readonly Field[], end: number, from = 0): void {
  let at = from;
  for (const { name, at: span, value, children } of fields) {
    must(span.from >= at && span.to <= end && span.to >= span.from, `${name} does not follow what is before it`);
    if (value === null) tiles(children, span.to, span.from);
    at = span.to;
  }
}

const udpPayloads = (most: number): Uint8Array[] =>
  filesWith('.pcap').flatMap((path) => {
    const found = framesOf(fileBytes(path), most);
    return found?.linkType === 1 ? found.frames.map((frame) => frame.slice(42)) : [];
  });

const records: Entry = {
  name: 'records',
  form: 'bytes',
  seeds: () => udpPayloads(4).map((payload) => concat(Uint8Array.of(0), payload)),
  read: (input) =>
    decoded(input, 1, (r) => {
      const cid = (input[0] ?? 0) & 31;
      const all = [...decodeRecords(r, () => cid)];
      const rest = input.subarray(1);
      return [
        all.map(({ form, at }) => [form, at]),
        looksLikeDtls(rest, cid),
        looksLikeUnified(rest),
        mayBeUnified(rest),
      ];
    }),
};

const messages = () =>
  Object.values(captured)
    .flatMap((all) => Object.values<string>(all))
    .map((hex) => fromHex(hex) ?? new Uint8Array());

const VERSIONS = [null, ...Object.values(VERSION)];
const EXCHANGES = [
  null,
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

/** Three bytes of context before the header of the message. */
const handshake: Entry = {
  name: 'handshake',
  form: 'bytes',
  seeds: () => [
    ...messages().map((message, i) => concat(Uint8Array.of(i % 8, i % 12, i % 18), message)),
    ...udpPayloads(4)
      .filter((payload) => payload[0] === 22)
      .map((payload, i) => concat(Uint8Array.of(i % 8, i % 12, i % 18), payload.subarray(13))),
  ],
  read(input) {
    const [version = 0, exchange = 0, kinds = 0] = input;
    const context = {
      version: VERSIONS[version % VERSIONS.length] ?? null,
      keyExchange: EXCHANGES[exchange % EXCHANGES.length] ?? null,
      sender: ([null, 'client', 'server'] as const)[kinds % 3] ?? null,
      serverCertificateType: Math.floor(kinds / 3) % 3,
      clientCertificateType: Math.floor(kinds / 9) % 3,
    };
    return [
      decoded(input, 3, (r) => decodeFragments(r).map(({ fault, at }) => [fault, at])),
      decoded(input, 3 + 12, (r) => void decodeHandshakeBody(input[3] ?? 0, r, context)),
    ];
  },
};

const HELLOS = [
  'client_hello',
  'server_hello',
  'hello_retry_request',
  'encrypted_extensions',
  'certificate',
  'certificate_request',
  'new_session_ticket',
] as const;

const extensions: Entry = {
  name: 'extensions',
  form: 'bytes',
  seeds: () =>
    messages().flatMap((message) => {
      // Where a list of extensions may begin: its length is that of the rest.
      for (let at = message.length - 2; at >= 0; at--)
        if ((((message[at] ?? 0) << 8) | (message[at + 1] ?? 0)) === message.length - at - 2 && message.length - at > 8)
          return [concat(Uint8Array.of(0), message.subarray(at))];
      return [];
    }),
  read: (input) =>
    decoded(input, 1, (r) => {
      const list = decodeExtensions(r, HELLOS[(input[0] ?? 0) % HELLOS.length] ?? 'client_hello');
      return list.map((extension) => [extension.type, extensionSummary(extension)]);
    }),
};

const SMALL = [decodeAlert, decodeAck, decodeHeartbeat, decodeReturnRoutabilityCheck];

const small: Entry = {
  name: 'small-messages',
  form: 'bytes',
  seeds: () =>
    ['0028', '0010 0000000000000001 0000000000000002', '01000212340000', '000102030405060708'].map((hex, i) =>
      concat(Uint8Array.of(i), fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array()),
    ),
  read: (input) => decoded(input, 1, (r) => SMALL[(input[0] ?? 0) % SMALL.length]?.(r)),
};

/** The length of a message, then fragments: offset and length, of two bytes each; their bytes count up. */
const reassembly: Entry = {
  name: 'reassembly',
  form: 'bytes',
  seeds: () =>
    [
      [0, 200, 0, 0, 0, 100, 0, 100, 0, 100],
      [1, 0, 0, 128, 0, 200, 0, 0, 0, 200, 0, 20, 0, 90],
    ].map((b) => Uint8Array.from(b)),
  read(input) {
    const number = (at: number) => ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0);
    const length = number(0);
    const assembly = new MessageAssembly(length);
    const bytes = Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) & 255);
    const most = Math.min(input.length, 4 * 600);
    for (let at = 2; at < most; at += 4) {
      const [offset, size] = [number(at), number(at + 2) % 1024];
      const { fresh: pieces } = assembly.add(offset, bytes.subarray(0, size), at);
      const fresh = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
      must(fresh <= size, 'more came than was there');
      assembly.holds(offset, bytes.subarray(0, size));
    }
    must(assembly.covered <= length, 'more is known than the message has');
    within(
      assembly.pieces.map(({ from, bytes: piece }) => ({ from, to: from + piece.length })),
      length,
    );
    must(assembly.body().length <= length, 'the body is longer than the message');
    return assembly.pieces.map(({ from }) => from);
  },
};

const APPLICATION_SEEDS = [
  // SCTP INIT, RADIUS, Diameter, DNS, HTTP, syslog, CoAP, AnyConnect and a text.
  '1388138800000000ca2e4c4101000014a1b2c3d400100000ffffffff00000001',
  '0107001400112233445566778899aabbccddeeff01067465737450',
  '010000148000010c0000000000000001000000020000010740000010616263',
  '123401000001000000000000076578616d706c6503636f6d0000010001',
  '474554202f20485454502f312e310d0a486f73743a20610d0a0d0a',
  '3c33343e31203230333330312d3031543030',
  '44011234deadbeefb474696d65ff68656c6c6f',
  '03',
  '68656c6c6f20776f726c64',
];

/** The place of a protocol in the list, flags of hints, then the bytes. */
const application: Entry = {
  name: 'application',
  form: 'text',
  seeds: () => [
    ...APPLICATION_SEEDS.map((hex, i) => concat(Uint8Array.of(i, 0), fromHex(hex) ?? new Uint8Array())),
    concat(
      Uint8Array.of(5, 3),
      asBytes('<34>1 2003-10-11T22:14:15.003Z mymachine su - ID47 [a@1 b="c"] \ufeffsu failed'),
    ),
    concat(Uint8Array.of(4, 3), asBytes('POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')),
  ],
  read(input) {
    const [which = 0, flags = 0] = input;
    const bytes = input.subarray(2);
    const protocol = PROTOCOLS[which % PROTOCOLS.length];
    const hint = flags & 1 ? { port: protocol?.ports[0], alpn: protocol?.alpn[0] } : {};
    const name = protocol?.names[(flags >> 1) % protocol.names.length] ?? 'none';
    return [recognise(bytes, hint), decoded(input, 2, (r) => decodeApplication(name, r))];
  },
  growth: (length) => 20_000 + 300 * length,
};

export const DECODER_ENTRIES: readonly Entry[] = [records, handshake, extensions, small, reassembly, application];

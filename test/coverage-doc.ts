/**
 * docs/coverage.md: what is read, decoded and opened, as the tables of the code have it. Where there is no table, the
 * code is asked by an example, so that the page cannot promise what the code does not do.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROTOCOLS } from '../src/application/application.ts';
import { ETHER_TYPES } from '../src/capture/ether-types.ts';
import { HEAD_BYTES, identify } from '../src/capture/identify.ts';
import { IP_PROTOCOLS } from '../src/capture/ip-protocols.ts';
import { LINK_LAYERS } from '../src/capture/link.ts';
import { stackLog } from '../src/capture/text/stack-logs.ts';
import { UDP_TUNNELS } from '../src/capture/udp-tunnels.ts';
import { parseKeyLog } from '../src/crypto/keylog.ts';
import { parsePrivateKey } from '../src/crypto/private-key.ts';
import { parsePsk } from '../src/crypto/psk.ts';
import { CIPHER_SUITES, type CipherSuite, type ProtectionSpec } from '../src/crypto/suites.ts';
import { EXTENSIONS } from '../src/dtls/extensions/table.ts';
import { NO_CONTEXT } from '../src/dtls/messages/context.ts';
import { decodeHandshakeBody } from '../src/dtls/messages/index.ts';
import { CONTENT_TYPE } from '../src/dtls/record.ts';
import { contentTypeName, HANDSHAKE_TYPE, handshakeTypeName, VERSION, versionName } from '../src/dtls/registry.ts';
import { EXTENSION_NAMES } from '../src/dtls/registry-extensions.ts';
import { ByteReader } from '../src/wire/reader.ts';
import { hexNumber } from '../src/wire/text.ts';
import { bytesOf, SAMPLES, textOf } from './captures.ts';

const CAPTURE_ROOM = fileURLToPath(new URL('../src/capture/', import.meta.url));

type Row = readonly string[];

export function coverageDocument(): string {
  return `${[
    '# What DTLScope covers',
    'Written from the tables of the code by `UPDATE=1 npx vitest run --project node test/coverage.test.ts`; the same test holds it to them. Do not edit it by hand.',
    '## Versions',
    table(
      ['Number', 'Name'],
      Object.values(VERSION).map((version) => [hexNumber(version, 4), versionName(version)]),
    ),
    '## Record content types',
    table(
      ['Number', 'Name'],
      Object.values(CONTENT_TYPE).map((type) => [String(type), contentTypeName(type)]),
    ),
    '## Handshake messages',
    table(['Number', 'Name', 'Body'], handshakeMessages()),
    '## Extensions',
    `${EXTENSIONS.size} are decoded field by field; of the others the name and the bytes are shown.`,
    table(['Number', 'Name', 'Body'], extensions()),
    '## Cipher suites',
    ...cipherSuites(),
    '## Keys',
    table(['What is given', 'Form'], keyInputs()),
    '## Files',
    `pcap and pcapng, either of them with gzip, and as text: ${textFormats().join('; ')}.`,
    '### Link types',
    table(['Name', 'LINKTYPE'], linkTypes()),
    '### Around IP and within it',
    'Each may lie in another, and the inner packet is read.',
    table(['Name', 'Told by'], tunnels()),
    '### Carriers of DTLS',
    `Besides UDP: ${carrierNames().join(', ')}.`,
    '## Application data',
    'Decrypted data is recognised by its content, ports and ALPN only break ties.',
    table(['Name', 'Tried first for port', 'for ALPN'], applicationProtocols()),
  ].join('\n\n')}\n`;
}

function table(head: Row, rows: readonly Row[]): string {
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A message without a decoder of its own comes back as bytes. */
function handshakeMessages(): Row[] {
  return Object.values(HANDSHAKE_TYPE).map((type) => {
    const { type: decoded } = decodeHandshakeBody(type, new ByteReader('message', new Uint8Array()), NO_CONTEXT);
    return [String(type), handshakeTypeName(type), decoded === 'Opaque' ? 'bytes' : 'decoded'];
  });
}

function extensions(): Row[] {
  const numbers = new Set([...EXTENSION_NAMES.keys(), ...EXTENSIONS.keys()]);
  return [...numbers]
    .sort((a, b) => a - b)
    .map((type) => [
      String(type),
      EXTENSIONS.get(type)?.name ?? EXTENSION_NAMES.get(type) ?? hexNumber(type, 4),
      EXTENSIONS.has(type) ? 'decoded' : 'bytes',
    ]);
}

function cipherSuites(): string[] {
  const suites = [...CIPHER_SUITES.values()].sort((a, b) => a.id - b.id);
  const opened = suites.filter(({ protection }) => protection !== null);
  const closed = suites.filter(({ protection }) => protection === null);
  const row = (suite: CipherSuite): Row => [hexNumber(suite.id, 4), suite.name, suite.keyExchange];
  return [
    `### ${opened.length} whose records are opened`,
    table(
      ['Number', 'Name', 'Key exchange', 'Records'],
      opened.map((suite) => [...row(suite), suite.protection ? protectionName(suite.protection) : '']),
    ),
    `### ${closed.length} that are dissected only`,
    'Handshakes are shown with their names; there is no cipher here that opens their records.',
    table(['Number', 'Name', 'Key exchange'], closed.map(row)),
  ];
}

function protectionName(spec: ProtectionSpec): string {
  switch (spec.kind) {
    case 'aead':
      return `${spec.cipher}, ${spec.keyLength * 8} bits, tag of ${spec.tagLength} bytes`;
    case 'cbc':
      return `AES-CBC, ${spec.keyLength * 8} bits, HMAC-${spec.mac}`;
    case 'null':
      return `in the clear, HMAC-${spec.mac}`;
  }
}

const RANDOM = '00'.repeat(32);
/** Lines of key logs, with a secret of a length that each may have. */
const KEY_LOG_LINES: readonly Row[] = [
  ['CLIENT_RANDOM', `CLIENT_RANDOM ${RANDOM} ${'11'.repeat(48)}`],
  ['PMS_CLIENT_RANDOM', `PMS_CLIENT_RANDOM ${RANDOM} ${'11'.repeat(48)}`],
  ['CLIENT_EARLY_TRAFFIC_SECRET', `CLIENT_EARLY_TRAFFIC_SECRET ${RANDOM} ${'11'.repeat(32)}`],
  ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} ${'11'.repeat(32)}`],
  ['SERVER_HANDSHAKE_TRAFFIC_SECRET', `SERVER_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} ${'11'.repeat(32)}`],
  ['CLIENT_TRAFFIC_SECRET_0, _1 …', `CLIENT_TRAFFIC_SECRET_1 ${RANDOM} ${'11'.repeat(32)}`],
  ['SERVER_TRAFFIC_SECRET_0, _1 …', `SERVER_TRAFFIC_SECRET_1 ${RANDOM} ${'11'.repeat(32)}`],
  ['RSA Session-ID: Master-Key:', `RSA Session-ID:${RANDOM} Master-Key:${'11'.repeat(48)}`],
  ['RSA (encrypted premaster)', `RSA ${'00'.repeat(8)} ${'11'.repeat(48)}`],
];

function keyInputs(): Row[] {
  const logs = KEY_LOG_LINES.filter(([, line = '']) => parseKeyLog(line, 'example').problems.length === 0);
  const given: Row[] = logs.map(([label = '']) => ['NSS key log line', `\`${label}\``]);
  for (const [text, form, example] of [
    [false, '`[IDENTITY=]HEX`', 'corpus=00112233'],
    [true, '`[IDENTITY=]TEXT`', 'corpus=secret'],
  ] as const) {
    if (parsePsk(example, { text }).kind === 'psk') given.push(['Pre-shared key', form]);
  }
  const key = parsePrivateKey(textOf('openssl-rsa-aes128-gcm-noems.key.pem'));
  if (key.kind === 'key') given.push(['RSA private key of the server (`TLS_RSA_*`)', 'PEM or DER, PKCS #1 or PKCS #8']);
  return given;
}

/** What the texts of the collection are taken for. */
function textFormats(): string[] {
  const texts = readdirSync(join(SAMPLES, 'corpus')).filter((name) => /^text-.*\.(txt|json)$/.test(name));
  const formats = texts.flatMap((name) => {
    const found = identify(bytesOf(name).subarray(0, HEAD_BYTES));
    // Logs without record bytes are recognised too, for the advice that they get.
    const withoutBytes = stackLog(textOf(name))?.looksLike;
    return found.kind === 'text' && found.format !== withoutBytes ? [found.format] : [];
  });
  return [...new Set(formats)].sort();
}

function linkTypes(): Row[] {
  const numbers = new Map<string, number[]>();
  for (const [number, { name }] of LINK_LAYERS) {
    const shown = name.replace(/^User \d+$/, 'For private use (guessed from the bytes)');
    numbers.set(shown, [...(numbers.get(shown) ?? []), number]);
  }
  return [...numbers].map(([name, list]) => [name, list.sort((x, y) => x - y).join(', ')]);
}

function tunnels(): Row[] {
  return [
    ...[...ETHER_TYPES].map(([number, { name }]) => [name, `EtherType ${hexNumber(number, 4)}`]),
    ...[...IP_PROTOCOLS].map(([number, { name }]) => [name, `IP protocol ${number}`]),
    ...[...UDP_TUNNELS].map(([number, { name }]) => [name, `UDP port ${number}`]),
  ];
}

/** Carriers have no table: each names itself where it passes a datagram on (`Datagram.carriers`). */
function carrierNames(): string[] {
  const files = readdirSync(CAPTURE_ROOM, { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
    .map((name) => readFileSync(join(CAPTURE_ROOM, name), 'utf8'));
  const names = sources.flatMap((source) =>
    [...source.matchAll(/\bcarrier: '([^']+)'|\benter\('([^']+)'\)|\bcarriers ?[:=] ?\[([^\]]*)\]/g)].flatMap(
      ([, one, entered, list]) => [
        one ?? entered ?? '',
        ...[...(list ?? '').matchAll(/'([^']+)'/g)].map(([, name = '']) => name),
      ],
    ),
  );
  return [...new Set(names)].filter((name) => name !== '' && name !== 'UDP').sort();
}

function applicationProtocols(): Row[] {
  return PROTOCOLS.map(({ names, ports, alpn }) => [names.join(', '), ports.join(', '), alpn.join(', ')]);
}

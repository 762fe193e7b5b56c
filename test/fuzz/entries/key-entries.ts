/** What opens records, and what proves who spoke: key logs, private keys, certificates, signatures, fingerprints. */
import { parseFingerprints } from '../../../src/analysis/sdp.ts';
import { readAsn1, textOf } from '../../../src/crypto/asn1.ts';
import { nameText } from '../../../src/crypto/distinguished-name.ts';
import { parseKeyLog } from '../../../src/crypto/keylog.ts';
import { readPem } from '../../../src/crypto/pem.ts';
import { parsePrivateKey } from '../../../src/crypto/private-key.ts';
import { parsePsk } from '../../../src/crypto/psk.ts';
import { readPublicKey } from '../../../src/crypto/public-key.ts';
import { verifyCertificateLink, verifySignature } from '../../../src/crypto/signatures.ts';
import { fingerprintSdp, isIssuedBy, readCertificate, readRawPublicKey } from '../../../src/crypto/x509.ts';
import captured from '../../../src/dtls/messages/captures.fixture.json';
import { NO_CONTEXT } from '../../../src/dtls/messages/context.ts';
import { decodeHandshakeBody } from '../../../src/dtls/messages/index.ts';
import { ByteReader } from '../../../src/wire/reader.ts';
import { concat, fromHex } from '../../../src/wire/text.ts';
import { asBytes, asText, type Entry } from '../entry.ts';
import { fileBytes, filesWith } from '../seeds.ts';

const keyLog: Entry = {
  name: 'key-log',
  form: 'text',
  seeds: () => [
    ...filesWith('.keys').map((path) => fileBytes(path).slice(0, 800)),
    asBytes(
      `RSA Session-ID:${'ab'.repeat(32)} Master-Key:${'cd'.repeat(48)}\nRSA ${'12'.repeat(8)} ${'34'.repeat(48)}\n`,
    ),
  ],
  read: (input) => {
    const { secrets, problems } = parseKeyLog(asText(input), 'x.keys');
    return { secrets: [...secrets], problems };
  },
  growth: (length) => 20_000 + 500 * length,
  // Kept as written, and compared with the names that are known.
  verbatim: ['label'],
};

const psk: Entry = {
  name: 'psk',
  form: 'text',
  seeds: () => ['Client_identity=0x00112233', 'a=b=c', 'ffee', '01:02-03 04', 'sensor=sesame'].map(asBytes),
  read(input) {
    const text = asText(input);
    return [parsePsk(text, { text: false }), parsePsk(text, { text: true, source: 'x' })];
  },
};

const pems = () => filesWith('.pem').map(fileBytes);

const pem: Entry = {
  name: 'pem',
  form: 'text',
  seeds: pems,
  read(input) {
    const { blocks, problem } = readPem(asText(input));
    const key = parsePrivateKey(asText(input));
    return [
      problem,
      blocks.map(({ label, bytes }) => [label, bytes]),
      key.kind === 'key' ? key.description : key.message,
    ];
  },
};

const ders = () => pems().flatMap((file) => readPem(asText(file)).blocks.map(({ bytes }) => bytes));

/** With a password: deriving a key takes long, and says that it does. */
const der: Entry = {
  name: 'private-key-der',
  form: 'bytes',
  seeds: ders,
  read(input) {
    const key = parsePrivateKey(concat(Uint8Array.of(0x30), input.subarray(1)));
    return key.kind === 'key' ? key.description : key.message;
  },
};

const certificates = (): Uint8Array[] => {
  const all = Object.values(captured).flatMap((messages) =>
    Object.values<string>(messages).flatMap((hex) => {
      const message = fromHex(hex) ?? new Uint8Array();
      const body = decodeHandshakeBody(11, new ByteReader('message', message), NO_CONTEXT);
      return body.type === 'Certificate' ? body.certificates.map(({ bytes }) => bytes) : [];
    }),
  );
  return [...all, ...ders()].filter((bytes) => bytes[0] === 0x30 && readCertificate(bytes) !== null);
};

const certificate: Entry = {
  name: 'certificate',
  form: 'bytes',
  seeds: certificates,
  read(input) {
    const read = readCertificate(input);
    return [
      read && { ...read, issued: isIssuedBy(read, read), fingerprint: fingerprintSdp(input) },
      readRawPublicKey(input),
    ];
  },
};

/** Costly: each asks for a signature to be checked with the keys that somebody sent. */
const signature: Entry = {
  name: 'signature',
  form: 'bytes',
  seeds: certificates,
  read(input) {
    const read = readCertificate(input);
    if (!read) return null;
    const scheme = ((input[input.length - 1] ?? 0) << 8) | (input[input.length - 2] ?? 0);
    return [
      verifyCertificateLink(read, read),
      verifySignature(scheme % 2 ? 0x0401 : 0x0403, read.spki, input.subarray(0, 64), read.signed.signature),
    ];
  },
};

const asn1: Entry = {
  name: 'der',
  form: 'bytes',
  seeds: () => [...ders(), ...certificates()].map((bytes) => bytes.slice(0, 400)),
  read(input) {
    const element = readAsn1(input);
    const key = readPublicKey(input);
    return [element && textOf(element) !== null, element && nameText(element), key?.description];
  },
};

const sdp: Entry = {
  name: 'sdp',
  form: 'text',
  seeds: () =>
    ['sha-1', 'sha-256', 'sha-512'].map((hash, i) =>
      asBytes(
        `v=0\r\nm=application 9 UDP/DTLS/SCTP x\r\na=setup:actpass\r\na=fingerprint:${hash} ${Array(
          [20, 32, 64][i] ?? 0,
        )
          .fill('AB')
          .join(':')}\r\n`,
      ),
    ),
  read: (input) => parseFingerprints(asText(input), 'x.sdp'),
};

export const KEY_ENTRIES: readonly Entry[] = [keyLog, psk, pem, der, certificate, signature, asn1, sdp];

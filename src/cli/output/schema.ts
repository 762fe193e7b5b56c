/** The JSON Schema (2020-12) of the report: what `dtlscope schema` prints and public/report.schema.json holds. */

import {
  endpoint,
  hex,
  integer,
  list,
  natural,
  number,
  object,
  oneOf,
  orNull,
  packet,
  ref,
  type Schema,
  sender,
  text,
  truth,
} from './schema-parts.ts';
import {
  certainty,
  fate,
  losses,
  machines,
  points,
  relations,
  replayDrops,
  timers,
  timing,
  vantage,
} from './schema-story.ts';

const capture = object({
  name: text,
  format: text,
  linkTypes: list(natural),
  packets: natural,
  firstTime: orNull(text),
  lastTime: orNull(text),
  udpDatagrams: natural,
  dtlsDatagrams: natural,
  dtlsRecords: natural,
  ipFragmentsReassembled: natural,
  problems: list(object({ packet: orNull(packet), offset: natural, message: text })),
});

const keys = object({
  secrets: natural,
  used: natural,
  unused: list(object({ source: text, label: text, clientRandom: text, reason: orNull(text) })),
  problems: list(object({ source: text, message: text })),
});

const transmission = object({
  number: { type: 'integer', minimum: 1 },
  start: number,
  end: number,
  packets: list(packet),
  packing: list({ type: 'integer', minimum: 1 }),
  complete: truth,
  cause: oneOf('initial', 'timer', 'peer-retransmission', 'partial-ack', 'unknown'),
  sincePrevious: orNull(number),
  fate,
});

const handshake = object({
  number: { type: 'integer', minimum: 1 },
  kind: oneOf(
    'full',
    'resumed-session-id',
    'resumed-ticket',
    'psk',
    'renegotiation',
    '1.3-full',
    '1.3-psk',
    '1.3-0rtt',
  ),
  cookieExchange: truth,
  helloRetryRequest: truth,
  start: number,
  end: number,
  outcome: oneOf('established', 'failed', 'incomplete'),
  flights: list(
    object({
      number: { type: 'integer', minimum: 1 },
      sender,
      messages: list(text),
      transmissions: list(transmission),
    }),
  ),
});

const records = object({
  total: natural,
  plaintext: natural,
  decrypted: natural,
  undecryptable: natural,
  malformed: natural,
  retransmitted: natural,
  duplicate: natural,
  reordered: natural,
  undecryptableReasons: object({
    'no-key': natural,
    'authentication-failed': natural,
    'unsupported-suite': natural,
    'truncated-capture': natural,
    'unknown-cid-length': natural,
  }),
});

const alert = object({
  time: number,
  packet,
  sender,
  epoch: natural,
  level: oneOf('fatal', 'warning'),
  description: text,
  code: natural,
});

const finding = object({
  rule: text,
  severity: oneOf('failure', 'warning', 'security', 'note'),
  title: text,
  explanation: text,
  advice: text,
  inferred: truth,
  evidence: list(object({ packet: orNull(packet), record: orNull(integer), time: orNull(number), says: text })),
  citations: list(text),
  alternatives: list(text),
  certainty: oneOf('seen', 'near-certain', 'inferred'),
  headline: truth,
  consequenceOf: orNull(text),
});

const directionCount = object({ records: natural, bytes: natural });

const certificate = object({
  subject: text,
  issuer: text,
  notBefore: orNull(text),
  notAfter: orNull(text),
  sha256: hex,
  publicKey: text,
  names: list(text),
  serial: text,
  signatureAlgorithm: orNull(text),
  fingerprint: text,
  selfIssued: truth,
  validity: oneOf('valid', 'expired', 'not-yet', 'unknown'),
  issuedByNext: orNull(truth),
});

/** What could be recomputed: Finished and signatures. */
const verification = object({
  what: oneOf('PSK binder', 'Finished', 'ServerKeyExchange', 'CertificateVerify', 'certificate chain'),
  sender,
  record: { type: 'integer', minimum: 1 },
  verdict: oneOf('valid', 'invalid', 'not-checkable'),
});

/** Left out with `--summary`. */
const WHOLE_ONLY = [
  'handshakes',
  'epochs',
  'vantage',
  'losses',
  'machines',
  'timers',
  'timing',
  'relations',
  'replayDrops',
  'messages',
  'verifications',
];

const association = object(
  {
    id: text,
    client: orNull(endpoint),
    server: orNull(endpoint),
    endpoints: list(endpoint),
    addressChanges: list(object({ time: number, packet, endpoint: sender, from: endpoint, to: endpoint })),
    carriers: list(text),
    replaces: orNull(text),
    start: number,
    end: number,
    version: orNull(text),
    cipherSuite: orNull(object({ id: { type: 'string', pattern: '^0x[0-9a-f]{4}$' }, name: text })),
    keyExchange: orNull(text),
    group: orNull(text),
    alpn: orNull(text),
    serverName: orNull(text),
    pskIdentity: orNull(text),
    extendedMasterSecret: orNull(truth),
    encryptThenMac: orNull(truth),
    srtpProfile: orNull(text),
    connectionIds: object({ client: orNull(hex), server: orNull(hex) }),
    clientRandom: orNull(hex),
    keysFoundByTrial: truth,
    fingerprints: object({ ja3: orNull(text), ja3s: orNull(text), ja4: orNull(text) }),
    certificates: object({ client: list(certificate), server: list(certificate) }),
    outcome: oneOf('established', 'failed', 'incomplete', 'ongoing', 'no-handshake'),
    verdict: text,
    closed: orNull(oneOf('close_notify', 'fatal-alert', 'replaced', 'silent')),
    handshakes: list(handshake),
    records,
    epochs: list(
      object({
        sender,
        epoch: natural,
        start: number,
        firstPacket: packet,
        records: natural,
        firstSequence: orNull(natural),
        lastSequence: orNull(natural),
        missing: list(natural),
        keys: truth,
        writeFrom: number,
        writeUntil: number,
        readableFrom: orNull(number),
        readableCertainty: orNull(certainty),
        readableRecord: orNull({ type: 'integer', minimum: 1 }),
        late: list({ type: 'integer', minimum: 1 }),
      }),
    ),
    vantage,
    losses,
    machines,
    timers,
    timing,
    relations,
    replayDrops,
    alerts: list(alert),
    messages: list(
      object({
        packet: orNull(packet),
        packets: list(packet),
        sender,
        epoch: natural,
        messageSeq: orNull(natural),
        type: text,
        length: natural,
        fragments: natural,
        ranges: list(object({ record: { type: 'integer', minimum: 1 }, from: natural, to: natural })),
        transmission: { type: 'integer', minimum: 1 },
        complete: truth,
      }),
    ),
    verifications: list(verification),
    applicationData: object({
      client: directionCount,
      server: directionCount,
      content: list(object({ packet, sender, protocol: orNull(text), hex })),
    }),
    findings: list(ref('finding')),
  },
  ['endpoints', ...WHOLE_ONLY],
);

export const reportSchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'DTLScope report, version 1',
  ...object({
    format: { const: 'dtlscope-report' },
    version: { const: 1 },
    generator: text,
    captures: list(ref('capture')),
    points: orNull(points),
    keys: ref('keys'),
    associations: list(ref('association')),
    findings: list(ref('finding')),
  }),
  $defs: { capture, keys, association, finding },
};

/** The JSON Schema (2020-12) of the report: what `dtlscope schema` prints and public/report.schema.json holds. */

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: 'string' };
const number: Schema = { type: 'number' };
const integer: Schema = { type: 'integer' };
const truth: Schema = { type: 'boolean' };
const hex: Schema = { type: 'string', pattern: '^([0-9a-f]{2})*$' };
const packet: Schema = { type: 'integer', minimum: 1 };
const natural: Schema = { type: 'integer', minimum: 0 };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

/** Every listed property is required; more may be added by later versions of the tool. */
function object(properties: Record<string, Schema>, optional: readonly string[] = []): Schema {
  return { type: 'object', required: Object.keys(properties).filter((key) => !optional.includes(key)), properties };
}

/** Null where the roles are not known; then `endpoint` is an index into `endpoints`. */
const sender = orNull(oneOf('client', 'server'));
const endpoint = object({ address: text, port: { type: 'integer', minimum: 0, maximum: 65535 } });

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
  complete: truth,
  cause: oneOf('initial', 'timer', 'peer-retransmission', 'partial-ack', 'unknown'),
  sincePrevious: orNull(number),
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

const machine = object({
  time: number,
  packet: orNull(packet),
  state: oneOf('PREPARING', 'SENDING', 'WAITING', 'FINISHED', 'CLOSED', 'ABANDONED'),
  flight: natural,
  attempt: natural,
  cause: text,
  inferred: truth,
});
const timer = object({ initial: number, factor: orNull(number), samples: list(number), consistentWith: list(text) });

/** Left out with `--summary`. */
const WHOLE_ONLY = ['handshakes', 'epochs', 'losses', 'machines', 'timers', 'messages', 'verifications'];

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
      }),
    ),
    losses: list(
      object({
        sender,
        epoch: natural,
        sequenceNumbers: list(natural),
        messages: list(text),
        where: oneOf('before-capture', 'after-capture', 'between', 'unknown'),
        inferred: truth,
        packets: list(packet),
      }),
    ),
    machines: object({ client: list(machine), server: list(machine) }),
    timers: object({ client: orNull(timer), server: orNull(timer) }),
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
    keys: ref('keys'),
    associations: list(ref('association')),
    findings: list(ref('finding')),
  }),
  $defs: { capture, keys, association, finding },
};

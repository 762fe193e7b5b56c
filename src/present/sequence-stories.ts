/** Associations made by hand, for the tests of the sequence diagram. */
import type {
  Association,
  AssociationDetail,
  ClosedReason,
  Content,
  FlightView,
  Mark,
  MessageView,
  RecordView,
  Sender,
  TransmissionCause,
} from '../analysis/trace.ts';

export interface Sent {
  readonly packet: number;
  readonly timeMs: number;
  readonly from: Sender;
  readonly content: Content | readonly Content[];
  readonly length?: number;
  readonly epoch?: number;
  readonly flight?: number;
  readonly transmission?: number;
  readonly mark?: Mark;
  readonly repeats?: number;
}

const TYPES: Readonly<Record<string, number>> = {
  ClientHello: 1,
  ServerHello: 2,
  HelloVerifyRequest: 3,
  NewSessionTicket: 4,
  Certificate: 11,
  ServerKeyExchange: 12,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  CertificateVerify: 15,
  ClientKeyExchange: 16,
  Finished: 20,
};

export function message(name: string, messageSeq: number, length = 100, fragment?: readonly [number, number]): Content {
  const [from, to] = fragment ?? [0, length];
  const [fragmentOffset, fragmentLength] = [from, to - from];
  return {
    kind: 'handshake',
    type: TYPES[name] ?? 0,
    name,
    messageSeq,
    length,
    fragmentOffset,
    fragmentLength,
    message: null,
  };
}

export const changeCipherSpec: Content = { kind: 'changeCipherSpec' };

export function alert(description: string, fatal: boolean): Content {
  return { kind: 'alert', level: fatal ? 'fatal' : 'warning', code: 0, description, fatal };
}

export function data(preview: string | null, length = preview?.length ?? 40): Content {
  return { kind: 'applicationData', length, preview, protocol: null };
}

export function closed(contentType: number, length: number, reason: ClosedReason = 'no-key'): Content {
  return { kind: 'encrypted', contentType, name: 'Encrypted record', length, reason };
}

const CONTENT_TYPES: Readonly<Record<Content['kind'], number>> = {
  handshake: 22,
  changeCipherSpec: 20,
  alert: 21,
  ack: 26,
  applicationData: 23,
  other: 26,
  encrypted: 22,
  malformed: 22,
};

/** The causes of transmissions beyond the first; by a timer unless told otherwise. */
export interface Told {
  readonly association?: Partial<Association>;
  readonly causes?: Readonly<Record<string, TransmissionCause>>;
  readonly cookie?: boolean;
  readonly losses?: AssociationDetail['losses'];
}

export function story(sent: readonly Sent[], told: Told = {}): AssociationDetail {
  const records = sent.map((one, index) => recordOf(one, index, sent));
  const messages = messagesOf(records);
  const indexed = records.map((record) => ({
    ...record,
    contents: record.contents.map((content): Content => {
      if (content.kind !== 'handshake') return content;
      const found = messages.findIndex(
        (one) => one.records.includes(record.record) && one.messageSeq === content.messageSeq,
      );
      return { ...content, message: found < 0 ? null : found };
    }),
  }));
  return {
    association: associationOf(records, told),
    verifications: [],
    messages,
    records: indexed,
    vantage: { position: 'unknown', certainty: 'inferred', reason: 'Made by hand.' },
    losses: told.losses ?? [],
    machines: { client: [], server: [], postHandshake: [] },
    timers: { client: null, server: null },
    timing: {
      handshakeMs: null,
      timerWaitMs: { client: 0, server: 0 },
      roundTripMs: { client: null, server: null },
      flights: [],
    },
    relations: [],
    replayDrops: [],
  };
}

function recordOf(one: Sent, index: number, sent: readonly Sent[]): RecordView {
  const contents: readonly Content[] = 'kind' in one.content ? [one.content] : one.content;
  const [first] = contents;
  const reason = first?.kind === 'encrypted' ? first.reason : null;
  const state =
    first?.kind === 'malformed' ? 'malformed' : reason ? 'undecryptable' : one.epoch ? 'decrypted' : 'plaintext';
  return {
    record: index + 1,
    capture: 0,
    packet: one.packet,
    packets: [one.packet],
    inDatagram: placeInDatagram(index, sent),
    timeMs: one.timeMs,
    sender: one.from,
    offset: 40 + index * 100,
    length: one.length ?? 60,
    contentType: first ? CONTENT_TYPES[first.kind] : 22,
    version: 0xfefd,
    epoch: one.epoch ?? 0,
    sequenceNumber: index,
    state,
    reason,
    explanation: reason ? 'There is no secret for this client_random.' : null,
    mark: one.mark ?? ((one.transmission ?? 1) > 1 ? 'retransmission' : 'original'),
    duplicateOrigin: one.mark === 'duplicate' ? 'network' : null,
    arrival: null,
    fate: null,
    repeats: one.repeats ?? null,
    handshake: one.flight === undefined ? null : 1,
    flight: one.flight ?? null,
    transmission: one.flight === undefined ? null : (one.transmission ?? 1),
    contents,
  };
}

function placeInDatagram(index: number, sent: readonly Sent[]): number {
  let place = 1;
  while (place <= index && sent[index - place]?.packet === sent[index]?.packet) place++;
  return place;
}

function messagesOf(records: readonly RecordView[]): MessageView[] {
  const messages = new Map<string, MessageView & { bytes: number }>();
  for (const record of records) {
    for (const content of record.contents) {
      if (content.kind !== 'handshake' || record.flight === null || record.mark === 'duplicate') continue;
      const key = `${record.sender} ${record.flight} ${record.transmission} ${content.messageSeq}`;
      const known = messages.get(key);
      const bytes = (known?.bytes ?? 0) + content.fragmentLength;
      messages.set(key, {
        sender: record.sender,
        handshake: 1,
        flight: record.flight,
        transmission: record.transmission ?? 1,
        epoch: record.epoch,
        messageSeq: content.messageSeq,
        type: content.type,
        name: content.name,
        length: content.length,
        records: [...(known?.records ?? []), record.record],
        packets: [...(known?.packets ?? []), record.packet],
        fragments: (known?.fragments ?? 0) + 1,
        ranges: [],
        complete: bytes >= content.length,
        bytes,
      });
    }
  }
  return [...messages.values()];
}

function flightsOf(records: readonly RecordView[], causes: Told['causes']): FlightView[] {
  const numbers = [...new Set(records.flatMap((record) => record.flight ?? []))].sort((a, b) => a - b);
  return numbers.map((number): FlightView => {
    const own = records.filter((record) => record.flight === number);
    const attempts = [...new Set(own.map((record) => record.transmission ?? 1))].sort((a, b) => a - b);
    return {
      number,
      sender: own[0]?.sender ?? 'client',
      messages: [],
      transmissions: attempts.map((attempt) => {
        const these = own.filter((record) => record.transmission === attempt);
        const before = own.filter((record) => record.transmission === attempt - 1);
        const startMs = these[0]?.timeMs ?? 0;
        return {
          number: attempt,
          startMs,
          endMs: these.at(-1)?.timeMs ?? startMs,
          packets: these.map((record) => record.packet),
          records: these.map((record) => record.record),
          packing: these.map(() => 1),
          complete: true,
          cause: attempt === 1 ? 'initial' : (causes?.[`${number}.${attempt}`] ?? 'timer'),
          sincePreviousMs: before[0] ? startMs - before[0].timeMs : null,
          fate: { fate: 'unknown', certainty: 'inferred', reason: 'Made by hand.', evidence: [] },
        };
      }),
    };
  });
}

function associationOf(records: readonly RecordView[], told: Told): Association {
  const nobody = { records: 0, bytes: 0 };
  return {
    id: 'a1',
    rolesKnown: true,
    client: { address: '127.0.0.1', port: 21061 },
    server: { address: '2001:db8::1', port: 21062 },
    addressChanges: [],
    carriers: [],
    replaces: null,
    startMs: records[0]?.timeMs ?? 0,
    endMs: records.reduce((latest, record) => Math.max(latest, record.timeMs), 0),
    version: 'DTLS 1.2',
    cipherSuite: null,
    keyExchange: null,
    group: null,
    alpn: null,
    serverName: null,
    pskIdentity: null,
    extendedMasterSecret: null,
    encryptThenMac: null,
    srtpProfile: null,
    connectionIds: { client: null, server: null },
    clientRandom: null,
    keysFoundByTrial: false,
    fingerprints: { ja3: null, ja3s: null, ja4: null },
    certificates: { client: [], server: [] },
    outcome: 'established',
    verdict: 'Established.',
    findings: [],
    closed: null,
    handshakes: [
      {
        number: 1,
        kind: 'full',
        cookieExchange: told.cookie ?? false,
        helloRetryRequest: false,
        startMs: 0,
        endMs: 0,
        outcome: 'established',
        flights: flightsOf(records, told.causes),
      },
    ],
    records: {
      total: records.length,
      plaintext: 0,
      decrypted: 0,
      undecryptable: 0,
      malformed: 0,
      retransmitted: 0,
      duplicate: 0,
      reordered: 0,
      undecryptableReasons: {
        'no-key': 0,
        'authentication-failed': 0,
        'unsupported-suite': 0,
        'truncated-capture': 0,
        'unknown-cid-length': 0,
      },
    },
    epochs: [],
    alerts: [],
    applicationData: { client: nobody, server: nobody },
    handshakeMs: null,
    retransmissions: 0,
    ...told.association,
  };
}

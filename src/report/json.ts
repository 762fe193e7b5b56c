/** The report as JSON, version 1: a published contract. Fields may be added; none changes its meaning. */
import type { FindingView } from '../analysis/finding.ts';
import type {
  Association,
  AssociationStory,
  Endpoint,
  EpochView,
  FlightView,
  HandshakeView,
  MessageView,
  SrtpKeys,
  TraceOverview,
  TransmissionView,
} from '../analysis/trace.ts';
import { secretCount } from '../present/key-rows.ts';
import { findingJson } from './finding-json.ts';
import { begun, flat, indented } from './json-text.ts';
import { fateJson, pointsJson, seconds, storyJson } from './story-json.ts';

export const REPORT_VERSION = 1;

/** One piece of decrypted application data. */
export interface DataItem {
  readonly packet: number;
  readonly sender: 'client' | 'server';
  readonly protocol: string | null;
  readonly hex: string;
}

export interface Whole {
  readonly story: AssociationStory;
  /** Each made when it is its turn. */
  readonly data: Iterable<DataItem>;
  /** Null where they were not asked for. */
  readonly srtpKeys: SrtpKeys | { readonly missing: string } | null;
}

export interface ReportInput {
  readonly generator: string;
  readonly overview: TraceOverview;
  /** What concerns no single association; asked for after all associations. */
  readonly findings: () => readonly FindingView[];
  /** Those to report, in order. */
  readonly associations: Iterable<Association>;
  /** Messages and application data of one; null for a summary, which does without. */
  readonly wholeOf: ((a: Association) => Whole) | null;
}

/** The report as text, in pieces: of a busy server it is too long for one. */
export function* reportJson(input: ReportInput): Generator<string> {
  const { findings, associations } = input;
  const open = JSON.stringify(headOf(input), null, 1).slice(0, -'\n}'.length);
  yield `${open},\n "associations": [`;
  let between = '\n  ';
  for (const a of associations) {
    yield between;
    yield* associationJson(a, input.wholeOf);
    between = ',\n  ';
  }
  yield `${between === '\n  ' ? '' : '\n '}],\n "findings": ${indented(findings().map(findingJson), 1)}\n}\n`;
}

function* associationJson(a: Association, wholeOf: ReportInput['wholeOf']): Generator<string> {
  if (!wholeOf) {
    yield indented(withKnownRoles(a, briefAssociation(a)), 2);
    return;
  }
  const { story, data, srtpKeys } = wholeOf(a);
  const { before, after } = wholeAssociation(story);
  yield `${begun(withKnownRoles(a, before), 2)},\n   "applicationData": ${begun(a.applicationData, 3)},\n    "content": [`;
  let between = '';
  for (const item of data) {
    yield `${between}\n     ${flat(withKnownRoles(a, item), 5)}`;
    between = ',';
  }
  yield `${between === '' ? '' : '\n    '}]\n   },`;
  yield indented(withKnownRoles(a, { ...after, ...(srtpKeys ? { srtpKeys } : {}) }), 2).slice('{'.length);
}

function headOf({ generator, overview: { captures, keys, points } }: ReportInput) {
  const { secrets, problems } = keys;
  return {
    format: 'dtlscope-report',
    version: REPORT_VERSION,
    generator,
    captures,
    points: pointsJson(points),
    keys: {
      secrets: secretCount(keys),
      used: secrets.filter((s) => s.records > 0).length,
      unused: secrets
        .filter((s) => s.records === 0)
        .map(({ source, label, clientRandom, reason }) => ({ source, label, clientRandom, reason })),
      problems,
    },
  };
}

/** Where nobody knows who is the client, no sender is guessed: `endpoint` says which of `endpoints` it was. */
function withKnownRoles({ rolesKnown }: Association, value: object): object {
  return rolesKnown ? value : (withoutSenders(value) as object);
}

function withoutSenders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSenders);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutSenders(inner)] as const);
  const sender = 'sender' in value ? { sender: null, endpoint: value.sender === 'client' ? 0 : 1 } : {};
  return { ...Object.fromEntries(entries), ...sender };
}

function identity(a: Association) {
  const roles = a.rolesKnown
    ? { client: endpoint(a.client), server: endpoint(a.server) }
    : { client: null, server: null, endpoints: [endpoint(a.client), endpoint(a.server)] };
  return {
    id: a.id,
    ...roles,
    addressChanges: a.addressChanges.map(({ timeMs, ...change }) => ({ time: seconds(timeMs), ...change })),
    carriers: a.carriers,
    replaces: a.replaces,
    start: seconds(a.startMs),
    end: seconds(a.endMs),
    version: a.version,
    cipherSuite: a.cipherSuite && {
      id: `0x${a.cipherSuite.id.toString(16).padStart(4, '0')}`,
      name: a.cipherSuite.name,
    },
    keyExchange: a.keyExchange,
    group: a.group,
    alpn: a.alpn,
    serverName: a.serverName,
    pskIdentity: a.pskIdentity,
    extendedMasterSecret: a.extendedMasterSecret,
    encryptThenMac: a.encryptThenMac,
    srtpProfile: a.srtpProfile,
    connectionIds: a.connectionIds,
    clientRandom: a.clientRandom,
    keysFoundByTrial: a.keysFoundByTrial,
    fingerprints: a.fingerprints,
    certificates: a.certificates,
    outcome: a.outcome,
    verdict: a.verdict,
    closed: a.closed,
  };
}

const endpoint = ({ address, port }: Endpoint) => ({ address, port });

function briefAssociation(a: Association) {
  return {
    ...identity(a),
    records: a.records,
    alerts: alerts(a),
    applicationData: { ...a.applicationData, content: [] },
    findings: a.findings.map(findingJson),
  };
}

/** What stands before the application data, and after. */
function wholeAssociation(story: AssociationStory) {
  const { association: a, messages, verifications } = story;
  const before = {
    ...identity(a),
    handshakes: a.handshakes.map(handshake),
    records: a.records,
    epochs: a.epochs.map(epochJson),
    ...storyJson(story),
    alerts: alerts(a),
    messages: messages.map(message),
    verifications,
  };
  return { before, after: { findings: a.findings.map(findingJson) } };
}

function epochJson({ startMs, writeFromMs, writeUntilMs, readableFromMs, ...epoch }: EpochView) {
  return {
    ...epoch,
    start: seconds(startMs),
    writeFrom: seconds(writeFromMs),
    writeUntil: seconds(writeUntilMs),
    readableFrom: readableFromMs === null ? null : seconds(readableFromMs),
  };
}

function handshake(h: HandshakeView) {
  const { number, kind, cookieExchange, helloRetryRequest, startMs, endMs, outcome, flights } = h;
  return {
    number,
    kind,
    cookieExchange,
    helloRetryRequest,
    start: seconds(startMs),
    end: seconds(endMs),
    outcome,
    flights: flights.map(flight),
  };
}

function flight({ number, sender, messages, transmissions }: FlightView) {
  return { number, sender, messages, transmissions: transmissions.map(transmission) };
}

function transmission(view: TransmissionView) {
  const { number, startMs, endMs, packets, packing, complete, cause, sincePreviousMs, fate } = view;
  return {
    number,
    start: seconds(startMs),
    end: seconds(endMs),
    packets,
    packing,
    complete,
    cause,
    sincePrevious: sincePreviousMs === null ? null : seconds(sincePreviousMs),
    fate: fateJson(fate),
  };
}

function message(m: MessageView) {
  const { sender, epoch, messageSeq, length, fragments, ranges, transmission: number, complete, packets } = m;
  return {
    packet: packets.at(-1) ?? null,
    packets,
    sender,
    epoch,
    messageSeq,
    type: m.name,
    length,
    fragments,
    ranges,
    transmission: number,
    complete,
    handshake: m.handshake,
    flight: m.flight,
  };
}

function alerts(a: Association) {
  return a.alerts.map(({ timeMs, packet, sender, epoch, level, description, code }) => ({
    time: seconds(timeMs),
    packet,
    sender,
    epoch,
    level,
    description,
    code,
  }));
}

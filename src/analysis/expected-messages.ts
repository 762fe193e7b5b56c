/** Messages that a flight must hold, in the order of RFC 5246 §7.3 and RFC 8446 §2: to name what was never captured. */
import { cipherSuite } from '../crypto/suites.ts';
import { preSharedKey, sessionTicket } from '../dtls/extensions/accessors.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { isAbbreviated } from './flight-parts.ts';
import type { HandshakeState } from './handshake-state.ts';
import { Recall } from './recall.ts';
import type { Side } from './record-table.ts';
import type { SentFlight } from './transmissions.ts';

const SERVER_12 = [
  'ServerHello',
  'SupplementalData',
  'Certificate',
  'CertificateStatus',
  'ServerKeyExchange',
  'CertificateRequest',
  'ServerHelloDone',
];
const SERVER_LAST_12 = ['NewSessionTicket', 'ChangeCipherSpec', 'Finished'];
const CLIENT_12 = ['Certificate', 'ClientKeyExchange', 'CertificateVerify', 'ChangeCipherSpec', 'Finished'];
const SERVER_13 = [
  'ServerHello',
  'EncryptedExtensions',
  'CertificateRequest',
  'Certificate',
  'CertificateVerify',
  'Finished',
];
const CLIENT_13 = ['Certificate', 'CertificateVerify', 'Finished'];

/** Messages that no abbreviated handshake has. */
const FULL: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.certificate,
  HANDSHAKE_TYPE.serverKeyExchange,
  HANDSHAKE_TYPE.serverHelloDone,
  HANDSHAKE_TYPE.clientKeyExchange,
]);

/** Where a message stands among those of its sender; after all others where the order is not laid down. */
export function placeInOrder(name: string, side: Side, version13: boolean): number {
  const order = version13
    ? side === 1
      ? SERVER_13
      : CLIENT_13
    : side === 1
      ? [...SERVER_12, ...SERVER_LAST_12]
      : CLIENT_12;
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
}

const absent = new Recall<SentFlight, readonly string[]>();

/** Messages of this flight that must have been sent and of which no transmission has anything. */
export function absentFrom(state: HandshakeState, flight: SentFlight): readonly string[] {
  const before = absent.get(flight);
  if (before) return before;
  const names = findAbsent(state, flight);
  absent.set(flight, names);
  return names;
}

function findAbsent(state: HandshakeState, { side, parts, postHandshake }: SentFlight): string[] {
  const has = new Set(parts.map((p) => p.name));
  if (postHandshake || has.has('ClientHello') || has.has('HelloVerifyRequest') || has.has('HelloRetryRequest'))
    return [];
  if (parts.every((p) => p.message === null && p.name !== 'ChangeCipherSpec' && p.name !== 'Finished')) return [];
  // What stayed closed may be the Finished.
  if (parts.some((p) => p.message === null && p.name !== 'ChangeCipherSpec')) has.add('Finished');
  return expected(state, side, has).filter((name) => !has.has(name));
}

const held = new Recall<SentFlight, ReadonlySet<string>>();

function namesIn(flight: SentFlight): ReadonlySet<string> {
  const names = held.get(flight) ?? new Set(flight.parts.map((p) => p.name));
  held.set(flight, names);
  return names;
}

/** What a flight may hold besides, between two of its messages: to name a record between them where only one fits. */
export function optionalBetween(state: HandshakeState, flight: SentFlight, from: string, to: string): string[] {
  const version13 = state.isVersion13;
  const { side } = flight;
  const order = version13
    ? side === 1
      ? SERVER_13
      : CLIENT_13
    : side === 1
      ? [...SERVER_12, ...SERVER_LAST_12]
      : CLIENT_12;
  const has = namesIn(flight);
  const suite = state.serverHello ? cipherSuite(state.serverHello.cipherSuite) : undefined;
  const uncertified = suite?.authentication === 'PSK' || suite?.authentication === 'anon';
  return order
    .slice(order.indexOf(from) + 1, Math.max(0, order.indexOf(to)))
    .filter((n) => !has.has(n) && !(uncertified && n.startsWith('Certificate')));
}

/** Whether all of it belongs to the server's last flight of a full handshake. */
export function isServerLast({ parts }: SentFlight): boolean {
  return parts.every((p) => p.message === null || SERVER_LAST_12.includes(p.name));
}

/** Of a server flight of which nothing was captured, what any suite would have. */
export const ANY_SERVER_FLIGHT: readonly string[] = ['ServerHello', 'ServerHelloDone'];

function expected(state: HandshakeState, side: Side, has: ReadonlySet<string>): string[] {
  const asked = state.messages.some((m) => m.side === 1 && m.type === HANDSHAKE_TYPE.certificateRequest);
  if (state.isVersion13) {
    const certified = state.serverHello !== null && !preSharedKey(state.serverHello.extensions);
    if (side === 0) return asked ? ['Certificate', 'Finished'] : ['Finished'];
    return [
      'ServerHello',
      'EncryptedExtensions',
      ...(certified ? ['Certificate', 'CertificateVerify'] : []),
      'Finished',
    ];
  }
  if (isAbbreviated(state)) return ['ChangeCipherSpec', 'Finished'];
  if (side === 0) {
    const full = state.messages.some((m) => FULL.has(m.type));
    return [...(asked ? ['Certificate'] : []), ...(full ? ['ClientKeyExchange'] : []), 'ChangeCipherSpec', 'Finished'];
  }
  if (SERVER_LAST_12.some((name) => has.has(name))) {
    // A server that answers the extension sends a ticket (RFC 5077 §3.2).
    const promised = state.serverHello !== null && sessionTicket(state.serverHello.extensions) !== undefined;
    return [...(promised ? ['NewSessionTicket'] : []), 'ChangeCipherSpec', 'Finished'];
  }
  const suite = state.serverHello ? cipherSuite(state.serverHello.cipherSuite) : undefined;
  const certified =
    suite?.authentication !== null && suite?.authentication !== 'PSK' && suite?.authentication !== 'anon';
  const ephemeral = suite !== undefined && /DHE|anon|SRP/.test(suite.keyExchange);
  return [
    'ServerHello',
    ...(suite && certified ? ['Certificate'] : []),
    ...(ephemeral ? ['ServerKeyExchange'] : []),
    'ServerHelloDone',
  ];
}

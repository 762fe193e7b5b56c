/**
 * Which association a record belongs to. A flow is a pair of addresses; several associations may live on it, one
 * after the other or at once, with either end as the client (RFC 6347 §4.2.8). An association is known by its
 * ClientHello random, never by the addresses alone.
 */
import type { Endpoint } from '../capture/datagram.ts';
import { decodeFragments, type HandshakeFragment } from '../dtls/fragment.ts';
import { CONTENT_TYPE, type PlaintextRecord } from '../dtls/record.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { ByteReader } from '../wire/reader.ts';
import { sameBytes, toHex } from '../wire/text.ts';
import type { AssociationState } from './association-state.ts';
import { awaitsServerHello, expects, lacksClient, lacksStartOf, mayWrite } from './awaited-messages.ts';
import type { ReceivedRecord } from './record-protection.ts';
import type { Side } from './record-table.ts';

/** An association on this flow, and which end of the flow is its client. */
export interface Member {
  readonly association: AssociationState;
  readonly clientEnd: 0 | 1;
}

export interface Flow {
  /** In a fixed order that has nothing to do with roles. */
  readonly endpoints: readonly [Endpoint, Endpoint];
  /** In order of their first record. */
  readonly members: Member[];
  /** Per end, the member it wrote its last plaintext record to. */
  readonly lastPlaintext: [Member | null, Member | null];
  /** The end that sent the last datagram. */
  lastEnd: 0 | 1;
}

/** What the caller must do where no association of the flow owns the record. */
export interface Newcomer {
  /** The end that is the client; null where the record does not tell. */
  readonly clientEnd: 0 | 1 | null;
}

/** Older associations of a flow than this are no longer looked at: bounds the work that one address pair can cause. */
const MAX_LOOK_BACK = 8;

const FROM_CLIENT: ReadonlySet<number> = new Set([HANDSHAKE_TYPE.clientHello, HANDSHAKE_TYPE.clientKeyExchange]);
const FROM_SERVER: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.helloRequest,
  HANDSHAKE_TYPE.serverHello,
  HANDSHAKE_TYPE.helloVerifyRequest,
  HANDSHAKE_TYPE.newSessionTicket,
  HANDSHAKE_TYPE.serverKeyExchange,
  HANDSHAKE_TYPE.certificateRequest,
  HANDSHAKE_TYPE.serverHelloDone,
  HANDSHAKE_TYPE.certificateStatus,
]);

export const sideOf = (member: Member, end: 0 | 1): Side => (member.clientEnd === end ? 0 : 1);

/** Which role sends a plaintext handshake record, by its first message; null where both may. */
export function senderOf({ fragment }: PlaintextRecord): 'client' | 'server' | null {
  const type = fragment[0] ?? -1;
  return FROM_CLIENT.has(type) ? 'client' : FROM_SERVER.has(type) ? 'server' : null;
}

/** The owner of a record that `end` sent, or what the new association should be. */
export function ownerOf(flow: Flow, end: 0 | 1, record: ReceivedRecord): Member | Newcomer {
  const recent = flow.members.slice(-MAX_LOOK_BACK).reverse();
  if (record.form === 'unified' || record.epoch > 0) return ownerOfProtected(recent, end, record);
  if (record.contentType === CONTENT_TYPE.handshake) {
    const fragment = decodeFragments(new ByteReader('plaintext', record.fragment))[0];
    if (fragment) return ownerOfHandshake(flow, recent, end, fragment);
  }
  return flow.lastPlaintext[end] ?? flow.lastPlaintext[end === 0 ? 1 : 0] ?? recent[0] ?? { clientEnd: null };
}

export const isMember = (owner: Member | Newcomer): owner is Member => 'association' in owner;

function ownerOfHandshake(
  flow: Flow,
  recent: readonly Member[],
  end: 0 | 1,
  fragment: HandshakeFragment,
): Member | Newcomer {
  const { msgType } = fragment;
  if (msgType === HANDSHAKE_TYPE.clientHello) return ownerOfClientHello(recent, end, fragment);
  const fitting = recent.filter((m) => {
    if (!m.association.rolesKnown) return true;
    const client = m.clientEnd === end;
    return !(FROM_CLIENT.has(msgType) && !client) && !(FROM_SERVER.has(msgType) && client);
  });
  if (msgType === HANDSHAKE_TYPE.helloVerifyRequest) {
    // Cookies may be the same for every handshake of a client: it answers the hello that waits.
    const waiting = fitting.find((m) => awaitsServerHello(m.association));
    if (waiting) return waiting;
  }
  const last = flow.lastPlaintext[end];
  const goesOn = last !== null && fitting.includes(last) && msgType !== HANDSHAKE_TYPE.serverHello;
  if (goesOn && expects(last.association, sideOf(last, end), fragment.messageSeq)) return last;
  // Short messages (ServerHelloDone has no body at all) are the same in every handshake and prove nothing.
  const telling = fragment.body.length >= TELLING_LENGTH;
  const knows = (m: Member) => m.association.handshakes.some((h) => h.knows(sideOf(m, end), fragment));
  const repeated = telling && fitting.find(knows);
  if (repeated) return repeated;
  // A flight goes on where it began, unless the peer has meanwhile opened a newer handshake that it may answer.
  if (goesOn && fragment.messageSeq > 0) return last;
  const newest = fitting[0];
  if (newest) return newest;
  const other = end === 0 ? 1 : 0;
  return { clientEnd: FROM_CLIENT.has(msgType) ? end : FROM_SERVER.has(msgType) ? other : null };
}

/** Bytes of a message that no two handshakes share by chance. */
const TELLING_LENGTH = 16;

/** Offset of client_version(2) before the random, and the random's length. */
const RANDOM_AT = 2;
const RANDOM_LENGTH = 32;

function ownerOfClientHello(recent: readonly Member[], end: 0 | 1, fragment: HandshakeFragment): Member | Newcomer {
  const mine = recent.filter((m) => m.association.rolesKnown && m.clientEnd === end);
  const newest = mine[0];
  const { fragmentOffset, body } = fragment;
  if (fragmentOffset > 0 || body.length < RANDOM_AT + RANDOM_LENGTH) {
    const known = mine.find((m) => m.association.handshakes.some((h) => h.knows(0, fragment)));
    return known ?? newest ?? { clientEnd: end };
  }
  const random = toHex(body.subarray(RANDOM_AT, RANDOM_AT + RANDOM_LENGTH));
  const same = mine.find((m) => m.association.knowsRandom(random));
  if (same) return same;
  // A client that draws a new random for its second ClientHello breaks RFC 6347 §4.2.1, but it is the same attempt;
  // and of a fragmented ClientHello a later part may have come first, without the random.
  const open =
    newest && awaitsServerHello(newest.association) && (fragment.messageSeq > 0 || !newest.association.hasRandom);
  if (newest && (open || lacksStartOf(newest.association, fragment) || lacksClient(newest.association))) {
    newest.association.addRandom(random);
    return newest;
  }
  return { clientEnd: end };
}

function ownerOfProtected(recent: readonly Member[], end: 0 | 1, record: ReceivedRecord): Member | Newcomer {
  // One candidate needs no trial: it will be opened once, when it is taken in.
  if (recent.length === 1 && recent[0]) return recent[0];
  const opens = recent.find((m) => m.association.opens(sideOf(m, end), record));
  if (opens) return opens;
  return byConnectionId(recent, end, record) ?? byContinuity(recent, end, record) ?? { clientEnd: null };
}

function byConnectionId(recent: readonly Member[], end: 0 | 1, { connectionId }: ReceivedRecord): Member | undefined {
  if (connectionId.length === 0) return undefined;
  return recent.find((m) =>
    m.association.connectionIds[sideOf(m, end) === 0 ? 1 : 0].some((id) => sameBytes(id, connectionId)),
  );
}

/** Without keys: the association whose record numbers of this epoch the record continues most closely. */
function byContinuity(recent: readonly Member[], end: 0 | 1, record: ReceivedRecord): Member | undefined {
  // The numbers of DTLS 1.3 are hidden: the newest association that speaks it is the best guess.
  if (record.form === 'unified') return recent.find((m) => m.association.isVersion13) ?? recent.at(0);
  let best: Member | undefined;
  let smallest = Number.POSITIVE_INFINITY;
  for (const member of recent) {
    const side = sideOf(member, end);
    const last = member.association.numbers.last(side, record.epoch);
    if (last === undefined && !mayWrite(member.association, side, record.epoch)) continue;
    const step = record.sequenceNumber - (last ?? -1);
    // A number that was passed already is a late or doubled record: possible, but the least likely.
    const distance = step > 0 ? step : 0x1000000 - step;
    if (distance < smallest) {
      smallest = distance;
      best = member;
    }
  }
  return best ?? recent.at(0);
}

/** The messages of a handshake in the order of the transcript: each once, reassembled (RFC 6347 §4.2.6, RFC 9147 §5.2). */

import { withoutBinders } from '../crypto/psk-binder.ts';
import { finishedHash } from '../crypto/schedule12.ts';
import type { PrfHash } from '../crypto/suites.ts';
import { Transcript } from '../crypto/transcript.ts';
import { Transcript13 } from '../crypto/transcript13.ts';
import { asUnfragmented } from '../dtls/fragment.ts';
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { greatest, least } from './extremes.ts';
import { type HandshakeState, type MessageInstance, messageName } from './handshake-state.ts';
import type { Side } from './record-table.ts';

/** In DTLS 1.3 what is written under application keys comes after the transcript of the handshake. */
const LAST_EPOCH = 2;

/**
 * All messages before `until`; null where one is missing, incomplete or contradictory, so that no hash can be right.
 * `inclusive` takes `until` in as well.
 */
export function transcriptBefore(
  handshake: HandshakeState,
  until: MessageInstance,
  inclusive = false,
): MessageInstance[] | null {
  const all = handshake.isVersion13 ? inOrder13(handshake) : inOrder12(handshake);
  const at = all.indexOf(until);
  if (at < 0) return null;
  const part = all.slice(0, inclusive ? at + 1 : at);
  return part.every((m) => m.assembly.complete && m.conflict === null) && withoutGaps(part) ? part : null;
}

/** Hash of the transcript of DTLS 1.0 and 1.2, as Finished and the extended master secret use it. */
export function hash12(
  messages: readonly MessageInstance[],
  choice: { readonly version: number; readonly prfHash: PrfHash },
): Uint8Array {
  return transcript12(messages, choice.version).hash(finishedHash(choice));
}

function transcript12(messages: readonly MessageInstance[], version: number): Transcript {
  const transcript = new Transcript(version);
  for (const message of messages) transcript.append(bytesOf(message));
  return transcript;
}

/** What CertificateVerify of DTLS 1.2 signs: the messages themselves (RFC 5246 §7.4.8). */
export function bytesOf({ type, messageSeq, assembly }: MessageInstance): Uint8Array {
  return asUnfragmented(type, messageSeq, assembly.body());
}

export function hash13(messages: readonly MessageInstance[], prfHash: PrfHash): Uint8Array {
  const transcript = new Transcript13();
  for (const message of messages) {
    if (messageName(message) === 'HelloRetryRequest') transcript.replaceByMessageHash(prfHash);
    transcript.append(bytesOf(message));
  }
  return transcript.hash(prfHash);
}

/** The hash that the binders of a ClientHello are made over: all before it, and itself up to them (RFC 8446 §4.2.11.2). */
export function binderHash(
  handshake: HandshakeState,
  hello: MessageInstance,
  binders: readonly Uint8Array[],
  prfHash: PrfHash,
): Uint8Array | null {
  const first = inOrder13(handshake)[0] === hello;
  const before = first ? [] : transcriptBefore(handshake, hello);
  if (!before) return null;
  const transcript = new Transcript13();
  for (const message of before) {
    if (messageName(message) === 'HelloRetryRequest') transcript.replaceByMessageHash(prfHash);
    transcript.append(bytesOf(message));
  }
  transcript.append(withoutBinders(bytesOf(hello), binders));
  return transcript.hash(prfHash);
}

const { helloRequest, helloVerifyRequest, clientHello, finished, newSessionTicket } = HANDSHAKE_TYPE;

/** The first ClientHello and HelloVerifyRequest are not in it (RFC 6347 §4.2.1). */
function inOrder12(handshake: HandshakeState): MessageInstance[] {
  const once = chosen(handshake.messages.filter((m) => m.type !== helloRequest && m.type !== helloVerifyRequest));
  const hello = helloOf(handshake);
  const of = (side: Side) => once.filter((m) => m.side === side && m.type !== clientHello);
  const [client, server] = [of(0), of(1)];
  const isLast = (m: MessageInstance) => m.type === finished || m.type === newSessionTicket;
  const abbreviated =
    !client.some((m) => m.type !== finished) && !server.some((m) => m.type === HANDSHAKE_TYPE.serverHelloDone);
  const start = hello ? [hello] : [];
  if (abbreviated) return [...start, ...server, ...client];
  return [...start, ...server.filter((m) => !isLast(m)), ...client, ...server.filter(isLast)];
}

/**
 * The ClientHello that the server went by: the one with its cookie, where cookies are asked for. Of several with the same
 * message_seq (a copy was damaged on the way) the last one before the ServerHello.
 */
function helloOf({ messages, cookieExchange }: HandshakeState): MessageInstance | undefined {
  const hellos = messages.filter((m) => m.type === clientHello && m.assembly.complete);
  const numbers = hellos.map((m) => m.messageSeq);
  const wanted = cookieExchange ? greatest(numbers) : least(numbers);
  const variants = hellos.filter((m) => m.messageSeq === wanted);
  const answered =
    messages.find((m) => m.type === HANDSHAKE_TYPE.serverHello)?.appearances[0]?.record ?? Number.POSITIVE_INFINITY;
  return variants.findLast((m) => (m.completedBy ?? 0) < answered) ?? variants[0];
}

function inOrder13({ messages }: HandshakeState): MessageInstance[] {
  const once = chosen(messages.filter((m) => m.epoch <= LAST_EPOCH));
  const hellos = once.filter((m) => m.type === clientHello);
  const retry = once.filter((m) => messageName(m) === 'HelloRetryRequest');
  const server = once.filter((m) => m.side === 1 && !retry.includes(m));
  const client = once.filter((m) => m.side === 0 && m.type !== clientHello);
  return [...hellos.slice(0, 1), ...retry, ...hellos.slice(1), ...server, ...client];
}

/** One message for each message_seq of a side: the first that is complete. Ascending by message_seq. */
function chosen(messages: readonly MessageInstance[]): MessageInstance[] {
  const byNumber = new Map<number, MessageInstance>();
  for (const message of messages) {
    const key = message.messageSeq * 2 + message.side;
    const before = byNumber.get(key);
    if (!before || (!before.assembly.complete && message.assembly.complete)) byNumber.set(key, message);
  }
  return [...byNumber.values()].sort((a, b) => a.messageSeq - b.messageSeq);
}

/** message_seq counts up by one on each side. */
function withoutGaps(messages: readonly MessageInstance[]): boolean {
  if (messages[0]?.type !== clientHello) return false;
  const last: (number | undefined)[] = [undefined, undefined];
  return messages.every(({ side, messageSeq }) => {
    const before = last[side];
    last[side] = messageSeq;
    return before === undefined || messageSeq === before + 1;
  });
}

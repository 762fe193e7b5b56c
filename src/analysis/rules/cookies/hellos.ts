/**
 * What was said before the ServerHello, in order of capture: every ClientHello that was sent, every cookie that was
 * asked for. Of the first handshake, where cookies are.
 */
import { cookie as cookieExtension } from '../../../dtls/extensions/accessors.ts';
import type { ClientHello } from '../../../dtls/messages/client-hello.ts';
import { toHex } from '../../../wire/text.ts';
import type { MessageInstance } from '../../handshake-state.ts';
import { MARK } from '../../record-table.ts';
import type { Subject } from '../subject.ts';

/** One transmission of a ClientHello, by the record that begins it. */
export interface SentHello {
  readonly record: number;
  readonly timeMs: number;
  /** Null where it is hidden; hellos are in the clear. */
  readonly sequenceNumber: number | null;
  readonly messageSeq: number;
  /** Hex; empty for none. */
  readonly cookie: string;
  readonly hello: ClientHello;
  /** The network delivered it twice: this is the copy. */
  readonly isCopy: boolean;
}

/** One HelloVerifyRequest or HelloRetryRequest. */
export interface CookieRequest {
  readonly record: number;
  readonly timeMs: number;
  readonly sequenceNumber: number | null;
  readonly name: 'HelloVerifyRequest' | 'HelloRetryRequest';
  readonly version: number;
  /** Hex; empty for none. */
  readonly cookie: string;
  readonly isCopy: boolean;
}

export interface Hellos {
  readonly hellos: readonly SentHello[];
  readonly requests: readonly CookieRequest[];
  /** Requests, each with the ClientHello that it answers: the last one before it. Copies by the network are left out. */
  readonly asked: readonly Asked[];
  /** The first record of the ServerHello; null where it was not captured. */
  readonly serverHello: number | null;
}

export interface Asked {
  readonly hello: SentHello;
  readonly request: CookieRequest;
}

export const hellosOf = (subject: Subject): Hellos => subject.remember(read);

function read(subject: Subject): Hellos {
  const hellos: SentHello[] = [];
  const requests: CookieRequest[] = [];
  let serverHello: number | null = null;
  for (const message of subject.analysed.handshakes[0]?.state.messages ?? []) {
    const { decoded } = message;
    if (decoded?.type === 'ClientHello' && message.side === 0) {
      const cookie = toHex(
        decoded.cookie.length > 0 ? decoded.cookie : (cookieExtension(decoded.extensions) ?? decoded.cookie),
      );
      for (const sent of transmissionsOf(subject, message))
        hellos.push({ ...sent, messageSeq: message.messageSeq, cookie, hello: decoded });
    } else if (decoded?.type === 'HelloVerifyRequest') {
      for (const sent of transmissionsOf(subject, message))
        requests.push({ ...sent, name: decoded.type, version: decoded.version, cookie: toHex(decoded.cookie) });
    } else if (decoded?.type === 'ServerHello' && decoded.isHelloRetryRequest) {
      const cookie = toHex(cookieExtension(decoded.extensions) ?? new Uint8Array());
      for (const sent of transmissionsOf(subject, message))
        requests.push({ ...sent, name: 'HelloRetryRequest', version: decoded.version, cookie });
    } else if (decoded?.type === 'ServerHello') {
      const first = message.appearances[0]?.record ?? Number.POSITIVE_INFINITY;
      serverHello = Math.min(serverHello ?? first, first);
    }
  }
  hellos.sort((x, y) => x.record - y.record);
  requests.sort((x, y) => x.record - y.record);
  return { hellos, requests, asked: pair(hellos, requests), serverHello };
}

/**
 * Many servers write every HelloVerifyRequest under the same record number, so that a later one looks like a copy of
 * the first: it is one only where no ClientHello came in between.
 */
function pair(hellos: readonly SentHello[], requests: readonly CookieRequest[]): readonly Asked[] {
  const asked: Asked[] = [];
  let next = 0;
  let hello: SentHello | undefined;
  for (const request of requests) {
    let isNew = false;
    for (; (hellos[next]?.record ?? Number.POSITIVE_INFINITY) < request.record; next++) {
      if (hellos[next]?.isCopy) continue;
      hello = hellos[next];
      isNew = true;
    }
    if (hello && (isNew || !request.isCopy)) asked.push({ hello, request });
  }
  return asked;
}

type Sent = Pick<SentHello, 'record' | 'timeMs' | 'sequenceNumber' | 'isCopy'>;

function transmissionsOf({ trace }: Subject, { appearances }: MessageInstance): readonly Sent[] {
  const { mark, sequenceNumber } = trace.records.columns;
  const sent: Sent[] = [];
  for (const { record, from } of appearances) {
    if (from !== 0) continue;
    const number = sequenceNumber.get(record);
    sent.push({
      record,
      timeMs: trace.timeMs(record),
      sequenceNumber: Number.isNaN(number) ? null : number,
      isCopy: mark[record] === MARK.duplicate,
    });
  }
  return sent;
}

/** "a3b1c2d4…", enough to tell cookies apart. */
export function cookieText(cookie: string): string {
  return cookie.length > 12 ? `${cookie.slice(0, 8)}…` : cookie || 'none';
}

/** The last one before that record; the list ascends by record. */
export function lastBefore<T extends { readonly record: number }>(list: readonly T[], record: number): T | undefined {
  return list[countUpTo(list, record - 1) - 1];
}

export function firstAfter<T extends { readonly record: number }>(list: readonly T[], record: number): T | undefined {
  return list[countUpTo(list, record)];
}

function countUpTo(list: readonly { readonly record: number }[], record: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.record ?? record) <= record) low = middle + 1;
    else high = middle;
  }
  return low;
}

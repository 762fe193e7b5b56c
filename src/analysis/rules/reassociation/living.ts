/** The association that lived on a pair of endpoints when a new handshake began there (RFC 6347 §4.2.8). */
import type { Endpoint } from '../../../capture/datagram.ts';
import type { Sender } from '../../trace.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { isAfterHandshake, isData, isOriginal, mayBeClose } from './protected-records.ts';

export interface Living {
  readonly old: Subject;
  /** The new ClientHello came from the client of the old one; where roles are unknown nothing speaks against it. */
  readonly sameClient: boolean;
  /** The other end had closed its side; the one that says hello now had not. */
  readonly peerClosed: boolean;
}

/** Handshakes that came to nothing and lie between. */
const MAX_LOOK_BACK = 8;
const FATAL = 2;

/** Null where there was none, or where the end that now says hello had closed it, or a fatal alert had. */
export const livingBefore = (subject: Subject): Living | null => subject.remember(findLiving);

function findLiving(subject: Subject): Living | null {
  const hello = subject.analysed.state.records[0];
  if (hello === undefined || !subject.a.rolesKnown) return null;
  const { source, destination } = subject.datagram(hello);
  for (const old of earlier(subject)) {
    const side = sideAt(old, source, destination, hello);
    if (side === null) continue;
    if (isOver(old, side, hello)) return null;
    return {
      old,
      sameClient: side === 0 || !old.a.rolesKnown,
      peerClosed: closedBy(old, side === 0 ? 1 : 0, hello),
    };
  }
  return null;
}

/** Associations that had the quartet before, the last one first. */
export function earlier({ analysed, all }: Subject): readonly Subject[] {
  const found: Subject[] = [];
  for (let before = analysed.state.replaces; before && found.length < MAX_LOOK_BACK; before = before.replaces) {
    const subject = all.subjects[before.index];
    if (subject) found.push(subject);
  }
  return found;
}

/**
 * Which side of the old association sits where the hello comes from; null unless both sides wrote under its keys
 * between these very endpoints before.
 */
function sideAt(old: Subject, source: Endpoint, destination: Endpoint, hello: number): 0 | 1 | null {
  let there: RecordFact | null = null;
  let here: RecordFact | null = null;
  const { records } = old.analysed.state;
  for (let i = records.length - 1; i >= 0 && !(there && here); i--) {
    const index = records[i] ?? 0;
    if (index > hello) continue;
    const fact = old.fact(index);
    if (!isAfterHandshake(old, fact) || !isOriginal(fact)) continue;
    const datagram = old.datagram(fact.index);
    if (isSame(datagram.source, source) && isSame(datagram.destination, destination)) here ??= fact;
    else if (isSame(datagram.source, destination) && isSame(datagram.destination, source)) there ??= fact;
  }
  return here && there && here.side !== there.side ? here.side : null;
}

/** A fatal alert, or what may be the close of that side, came before. */
export function isOver(old: Subject, side: 0 | 1, hello: number): boolean {
  if (old.analysed.state.alerts.some((a) => a.record < hello && a.level === FATAL)) return true;
  return closedBy(old, side, hello);
}

function closedBy(old: Subject, side: 0 | 1, before: number): boolean {
  return old.others.some((r) => r.index < before && r.side === side && r.epoch > 0 && mayBeClose(old, r));
}

export const isSame = (x: Endpoint, y: Endpoint): boolean => x.port === y.port && x.address === y.address;

/** "nobody had closed it", or what comes nearest to it. */
export const wasOpen = ({ peerClosed }: Living): string =>
  peerClosed ? 'only the server had closed it' : 'nobody had closed it';

/** What a side still sent under the keys of the old association after the new hello. */
export function stillSent({ old }: Living, side: 0 | 1, after: number, until = Number.POSITIVE_INFINITY): RecordFact[] {
  return old
    .factsAfter(after)
    .filter((r) => r.index < until && r.side === side && isOriginal(r) && isAfterHandshake(old, r));
}

/** The client of the old association waited this long for an answer before it said hello again. */
const DEAD_MS = 500;

/** The server had forgotten the old association before the new hello: it had left the client without an answer. */
export function wasDead({ old }: Living, subject: Subject): boolean {
  const helloMs = subject.a.startMs;
  const last = lastUnderKeys(old, helloMs);
  const waiting = last !== null && last.side === 0 && isData(old, last) && helloMs - last.timeMs > DEAD_MS;
  return waiting || subject.story.relations.some((r) => r.kind === 'server-restart');
}

function lastUnderKeys(old: Subject, beforeMs: number): RecordFact | null {
  const { records } = old.analysed.state;
  for (let i = records.length - 1; i >= 0; i--) {
    const fact = old.fact(records[i] ?? 0);
    if (fact.timeMs < beforeMs && isAfterHandshake(old, fact)) return fact;
  }
  return null;
}

/**
 * What the other end sent or got is certain here: the capture was taken there, or two capture points were given. That
 * both addresses are of one host is not enough, for a proxy or a NAT may sit on it.
 */
export function certainAt(subject: Subject, who: Sender): boolean {
  const { position } = subject.story.vantage;
  if (position === who) return true;
  const first = subject.analysed.state.records[0];
  return position === 'both' && first !== undefined && (subject.datagram(first).transit ?? null) !== null;
}

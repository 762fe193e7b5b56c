/** The opening messages of renegotiations: with keys by name, without keys by place and size. */
import { HANDSHAKE_TYPE } from '../../../dtls/registry.ts';
import type { AnalysedHandshake } from '../../analyse.ts';
import type { Side } from '../../record-table.ts';
import { hasSizeOfHelloRequest, isClosedHandshake, isOriginal } from '../reassociation/protected-records.ts';
import type { RecordFact, Subject } from '../subject.ts';

export interface Opening {
  readonly kind: 'ClientHello' | 'HelloRequest';
  readonly side: Side;
  /** All records that carry it, in order, without copies. */
  readonly records: readonly [RecordFact, ...RecordFact[]];
  /** Named by an opened record; false where only place and size speak for it. */
  readonly opened: boolean;
}

/** Handshakes under keys, whose messages could be read. */
export function renegotiations(subject: Subject): readonly AnalysedHandshake[] {
  return subject.is13 ? [] : subject.analysed.handshakes.filter((h) => h.state.number > 1);
}

export function openingOf(subject: Subject, { state }: AnalysedHandshake, kind: Opening['kind']): Opening | null {
  const side: Side = kind === 'ClientHello' ? 0 : 1;
  const type = kind === 'ClientHello' ? HANDSHAKE_TYPE.clientHello : HANDSHAKE_TYPE.helloRequest;
  const message = state.find(side, type);
  if (!message || message.epoch === 0) return null;
  const facts = [...new Set(message.appearances.map((a) => a.record))].map((r) => subject.fact(r)).filter(isOriginal);
  const [first, ...rest] = facts;
  return first ? { kind, side, records: [first, ...rest], opened: true } : null;
}

/**
 * Without keys: handshake records in the last epoch that either side wrote in. No handshake can be in them but one that
 * opens a new epoch, and that never came. The first of them opens it; a short one of the server is a HelloRequest.
 */
export function closedOpening(subject: Subject): Opening | null {
  if (subject.is13 || !subject.established || subject.closedRecords === 0) return null;
  const epoch = subject.a.epochs.reduce((highest, e) => Math.max(highest, e.epoch), 0);
  if (epoch === 0) return null;
  const closed = subject.others.filter((r) => r.epoch === epoch && isOriginal(r) && isClosedHandshake(subject, r));
  const [first] = closed;
  if (!first || closed.some((r) => r.side !== first.side)) return null;
  if (first.side === 1 && !closed.every((r) => hasSizeOfHelloRequest(subject, r))) return null;
  const [, ...rest] = closed;
  const kind = first.side === 0 ? 'ClientHello' : 'HelloRequest';
  return { kind, side: first.side, records: [first, ...rest], opened: false };
}

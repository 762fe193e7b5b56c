/** Who fell silent under the keys of an association, and what besides shows that he forgot it. */

import type { Side } from '../../record-table.ts';
import { tupleOf } from '../around.ts';
import { offeredSession } from '../resumption/offered-session.ts';
import type { Evidence } from '../rule.ts';
import type { Stream } from '../stream.ts';
import type { RecordFact, Subject } from '../subject.ts';
import { isAlert, isData, isOriginal } from './protected-records.ts';
import { portUnreachable } from './unreachable.ts';

/** What the client sent last, and what else is known of that time. */
export interface Silence {
  /** Who was left without an answer: the client, unless the roles are unknown. */
  readonly side: Side;
  readonly records: readonly RecordFact[];
  readonly data: readonly RecordFact[];
  /** The last record of the server under keys. */
  readonly heard: RecordFact;
  /** Plaintext alerts that it sent instead of an answer. */
  readonly alerts: readonly RecordFact[];
}

export function silenceAtEnd(subject: Subject): Silence | null {
  const { records } = subject.analysed.state;
  const side = subject.a.rolesKnown ? 0 : lastUnderKeys(subject);
  if (side === null || !subject.sorted.hasFrom(side === 0 ? 1 : 0)) return null;
  const tail: RecordFact[] = [];
  const alerts: RecordFact[] = [];
  let heard: RecordFact | null = null;
  for (let i = records.length - 1; i >= 0 && !heard; i--) {
    const index = records[i];
    const record = index === undefined ? null : subject.fact(index);
    if (!record || !isOriginal(record)) continue;
    if (record.side === side) tail.push(record);
    else if (record.epoch === 0 && isAlert(subject, record)) alerts.push(record);
    else heard = record;
  }
  // Whoever said goodbye need not answer.
  if (!heard || heard.epoch === 0 || isAlert(subject, heard)) return null;
  tail.reverse();
  const data = tail.filter((r) => isData(subject, r));
  return data.length === 0 ? null : { side, records: tail, data, heard, alerts: alerts.reverse() };
}

/** Who wrote the last record under keys that is no copy. */
function lastUnderKeys({ sorted }: Subject): Side | null {
  const written = sorted.streams.filter((s) => s.epoch > 0 && s.lastOriginal !== null);
  const last = written.reduce<Stream | null>((x, y) => ((y.lastOriginal ?? 0) > (x?.lastOriginal ?? -1) ? y : x), null);
  return last?.side ?? null;
}

/** What shows that it is the server that forgot, beyond its silence. */
export interface Sign {
  readonly says: string;
  readonly evidence: Evidence;
  /** It proves it almost alone. */
  readonly strong: boolean;
}

export function signsOf(subject: Subject, { side, data, alerts }: Silence): readonly Sign[] {
  const signs: Sign[] = [];
  const firstMs = data[0]?.timeMs ?? 0;
  const relation = subject.story.relations.find((r) => r.kind === 'server-restart' && r.timeMs >= firstMs);
  const next = subject.all.byId(relation?.with ?? null);
  const hello = next?.analysed.state.records[0];
  if (relation && next && hello !== undefined)
    signs.push({
      says: `it answered the new handshake ${next.a.id} at once${refusedSession(subject, next) ? ' and refused the session of this one' : ''}`,
      evidence: { record: hello, says: `The client starts anew: ${next.a.id}, which the server answers` },
      strong: relation.certainty !== 'inferred',
    });
  // With ICE a closed port means little: the peers may have gone on elsewhere.
  const error = byIce(subject) ? undefined : portUnreachable(subject, firstMs, side);
  if (error)
    signs.push({
      says: 'its port was unreachable',
      evidence: { packet: error.packet, timeMs: error.timeMs, says: `ICMP port unreachable from ${error.from}` },
      strong: true,
    });
  const [alert] = alerts.filter((r) => r.timeMs > firstMs);
  if (alert)
    signs.push({
      says: 'it sent a plaintext alert, as who has no keys does',
      evidence: subject.evidence(alert.index, 'An alert in epoch 0, though both sides have keys'),
      strong: true,
    });
  return signs;
}

/** The new handshake offers the session of this association, and the server does not take it. */
function refusedSession(subject: Subject, next: Subject): boolean {
  const { clientHello, handshake } = next;
  if (!clientHello || handshake?.kind.startsWith('resumed') || handshake?.kind.startsWith('1.3-psk')) return false;
  return offeredSession(next, clientHello)?.from === subject;
}

const byIce = (subject: Subject): boolean => Boolean(tupleOf(subject)?.stun);

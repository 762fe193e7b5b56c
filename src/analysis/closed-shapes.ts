/**
 * What a record of DTLS 1.3 that stayed closed may be, by its length alone: 'probably', for padding hides it and
 * application data may have any length (RFC 9147 §4).
 */
import { cipherSuite } from '../crypto/suites.ts';
import { peerOf } from './acknowledged.ts';
import type { AnalysedTrace } from './analyse.ts';
import type { AssociationState } from './association-state.ts';
import { type Side, STATE } from './record-table.ts';

/** `alert` may be an empty ACK, too. */
export type ClosedShape = 'alert' | 'ack' | 'finished' | 'other';

const ALERT_LENGTH = 2;
const RECORD_NUMBER_LENGTH = 16;
const HANDSHAKE_HEADER = 12;
const HASH_LENGTHS = { sha256: 32, sha384: 48 } as const;
const CONNECTION_ID_BIT = 0x10;
const SEQUENCE_16_BIT = 0x08;
const LENGTH_BIT = 0x04;

/** Null where the record is open, or not of DTLS 1.3. */
export function closedShape(trace: AnalysedTrace, state: AssociationState, record: number): ClosedShape | null {
  const c = trace.records.columns;
  if (!state.isVersion13 || c.state[record] !== STATE.undecryptable || (c.epoch[record] ?? 0) === 0) return null;
  const first = trace.bytesOf(record)[0] ?? 0;
  if (first >> 5 !== 1) return null;
  const hello = state.handshakes.find((h) => h.serverHello)?.serverHello;
  const suite = hello ? cipherSuite(hello.cipherSuite) : undefined;
  const tag = suite?.protection?.kind === 'aead' ? suite.protection.tagLength : 16;
  const side: Side = c.side[record] === 0 ? 0 : 1;
  const header =
    1 +
    (first & CONNECTION_ID_BIT ? (state.connectionIds[peerOf(side)][0]?.length ?? 0) : 0) +
    (first & SEQUENCE_16_BIT ? 2 : 1) +
    (first & LENGTH_BIT ? 2 : 0);
  // The content type follows the content.
  const content = c.length.get(record) - header - tag - 1;
  if (content === ALERT_LENGTH) return 'alert';
  const named = (content - ALERT_LENGTH) / RECORD_NUMBER_LENGTH;
  if (Number.isInteger(named) && named > 0 && hasSent(trace, state, peerOf(side), named, record)) return 'ack';
  if (content === HANDSHAKE_HEADER + HASH_LENGTHS[suite?.prfHash ?? 'sha256']) return 'finished';
  return 'other';
}

/** Whether that side had sent as many records before this one: nobody acknowledges more than there were. */
function hasSent(trace: AnalysedTrace, state: AssociationState, side: Side, records: number, before: number): boolean {
  const c = trace.records.columns;
  let sent = 0;
  for (const record of state.records) {
    if (record >= before) return false;
    if (c.side[record] === side && ++sent >= records) return true;
  }
  return false;
}

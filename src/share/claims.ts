/** Handshake messages, alerts and ACKs as the sharer decrypted them, for those who get no keys. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import { isHarmless } from './harmless.ts';
import { blankedPlaintext } from './names.ts';
import type { ClaimedMessage, Redactions } from './shared-trace.ts';

export function claimedMessages(
  session: Session,
  details: readonly AssociationDetail[],
  hidden: Pick<Redactions, 'names' | 'certificates' | 'addresses'>,
): readonly ClaimedMessage[] {
  return details
    .flatMap(({ records }) => records)
    .filter((record) => isHarmless(record))
    .flatMap((record) => claimOf(session, record, hidden) ?? []);
}

function claimOf(
  session: Session,
  record: RecordView,
  hidden: Pick<Redactions, 'names' | 'certificates' | 'addresses'>,
): ClaimedMessage | null {
  const body = session.recordBody(record.record);
  const detail = session.record(record.record);
  if (!body || !detail || record.sequenceNumber === null) return null;
  const { capture, packet, inDatagram, epoch, sequenceNumber } = record;
  return {
    capture,
    packet,
    record: inDatagram,
    contentType: body.contentType,
    epoch,
    sequenceNumber,
    plaintext: blankedPlaintext(detail, body.bytes, hidden),
  };
}

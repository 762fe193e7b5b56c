/** Handshake messages, alerts and ACKs as the sharer decrypted them, for those who get no keys. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import type { IsShown } from './gather.ts';
import { isHarmless } from './harmless.ts';
import type { NameBlanker } from './names.ts';
import type { ClaimedMessage } from './shared-trace.ts';

export function claimedMessages(
  session: Session,
  details: readonly AssociationDetail[],
  blanker: NameBlanker,
  isShown: IsShown,
): readonly ClaimedMessage[] {
  return details
    .flatMap(({ records }) => records)
    .filter((record) => isHarmless(record) && isShown(record))
    .flatMap((record) => claimOf(session, record, blanker) ?? []);
}

function claimOf(session: Session, record: RecordView, blanker: NameBlanker): ClaimedMessage | null {
  const body = session.recordBody(record.record);
  const detail = session.record(record.record);
  if (!body || !detail || record.sequenceNumber === null) return null;
  const { capture, packet, inDatagram, epoch, sequenceNumber } = record;
  const plaintext = blanker.blankedPlaintext(detail, body.bytes, body.contentType);
  return { capture, packet, record: inDatagram, contentType: body.contentType, epoch, sequenceNumber, plaintext };
}

/**
 * Takes in datagrams of which only numbers matter (`data-datagram.ts`), by the headers of their records alone: of those
 * a busy server sends millions. The payload lies in `bytes` from `from` to `to`, and holds only during the call.
 */
import { uint16 } from '../capture/big-endian.ts';
import { endOfHidden, HEADER_LENGTH } from './data-datagram.ts';
import { headOf } from './duplicates.ts';
import { type Member, sideOf } from './flow.ts';
import { HIDDEN_TYPE, type RecordTable } from './record-table.ts';

/** Records of application data of DTLS 1.0 or 1.2, see `isOnlyData`. */
export function takeWhole(
  table: RecordTable,
  datagram: number,
  member: Member,
  end: 0 | 1,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  const side = sideOf(member, end);
  for (let at = from; at < to; ) {
    const next = at + HEADER_LENGTH + uint16(bytes, at + 11);
    const record = table.addData(datagram, at - from, next - at, bytes, at);
    member.association.receiver.receiveData(record, side, bytes, at + HEADER_LENGTH, next);
    at = next;
  }
}

/** Protected records of DTLS 1.3, see `isOnlyHidden`. */
export function takeHidden(
  table: RecordTable,
  datagram: number,
  member: Member,
  end: 0 | 1,
  bytes: Uint8Array,
  from: number,
  to: number,
): void {
  const side = sideOf(member, end);
  for (let at = from; at < to; ) {
    const next = endOfHidden(bytes, at);
    const epoch = (bytes[at] ?? 0) & 3;
    const record = table.add({
      ...{ datagram, from: at - from, length: next - at, contentType: HIDDEN_TYPE, version: 0 },
      ...{ epoch: epoch || 4, sequenceNumber: Number.NaN, cid: 0 },
    });
    table.noteHead(record, headOf(bytes, at, next));
    member.association.receiver.receiveHidden(record, side, bytes, at, next);
    at = next;
  }
}

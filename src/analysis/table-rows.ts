/** Records as rows of the table: what it keeps of each, and how one is read once more. */
import type { DatagramList } from '../capture/datagram-list.ts';
import { CONTENT_TYPE, type DtlsRecord, decodeRecord, type PlaintextRecord } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { headOf } from './duplicates.ts';
import type { ReceivedRecord } from './record-protection.ts';
import { HIDDEN_TYPE, type NewRecord, type RecordTable } from './record-table.ts';

/** Returns its index. */
export function addRecord(table: RecordTable, datagram: number, payload: Uint8Array, record: DtlsRecord): number {
  const { from, to } = record.at;
  const index = table.add({ datagram, from, length: to - from, ...columnsOf(record) });
  if (record.form === 'unified') table.noteHead(index, headOf(payload, from, to));
  return index;
}

/** A record that was taken in before, decoded once more as it was then. */
export function recordAgain({ columns: c }: RecordTable, datagrams: DatagramList, index: number): ReceivedRecord {
  const payload = datagrams.payload(c.datagram.get(index));
  const from = Math.min(c.from.get(index), payload.length);
  const cid = Math.max(0, (c.cid[index] ?? 0) - 1);
  const record = decodeRecord(new ByteReader('packet', payload, undefined, from), cid);
  return record.form === 'unrecognised' ? EMPTY_RECORD : record;
}

/** What the table keeps of a header; what it does not say is zero, and what is encrypted is `HIDDEN_TYPE` and NaN. */
function columnsOf(
  record: DtlsRecord,
): Pick<NewRecord, 'contentType' | 'version' | 'epoch' | 'sequenceNumber' | 'cid'> {
  switch (record.form) {
    case 'plaintext': {
      const { contentType, version, epoch, sequenceNumber, connectionId } = record;
      const cid = contentType === CONTENT_TYPE.tls12Cid ? connectionId.length + 1 : 0;
      return { contentType, version, epoch, sequenceNumber, cid };
    }
    case 'unified':
      // Epoch 0 is never protected: its low bits mean the first epoch after they came round.
      return {
        contentType: HIDDEN_TYPE,
        version: 0,
        epoch: record.epochBits || 4,
        sequenceNumber: Number.NaN,
        cid: ((record.header[0] ?? 0) & 0x10) === 0 ? 0 : record.connectionId.length + 1,
      };
    case 'unrecognised':
      return { contentType: record.firstByte, version: 0, epoch: 0, sequenceNumber: Number.NaN, cid: 0 };
  }
}

/** Stands for a record where there is none. */
export const EMPTY_RECORD: PlaintextRecord = {
  form: 'plaintext',
  contentType: 0,
  version: 0,
  epoch: 0,
  sequenceNumber: 0,
  connectionId: new Uint8Array(),
  length: 0,
  fragment: new Uint8Array(),
  at: { buffer: 'packet', from: 0, to: 0 },
};

/** Decrypted application data with what a reader elsewhere needs to know of it: when, between whom, which protocol. */
import { recogniseFormat } from '../application/application.ts';
import type { Endpoint } from '../capture/datagram.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { remarksOnRecords } from './finding-remarks.ts';
import { bytesOf, passingPlaceOf, RecordReading } from './record-content.ts';
import { SENDERS } from './record-table.ts';
import type { Sender, TraceSummary } from './trace.ts';

/** What one record of application data carries, in the clear. */
export interface DataUnit {
  /** Index. */
  readonly record: number;
  readonly packet: number;
  readonly sender: Sender;
  /** As `application/` names it; null where it is not recognised. */
  readonly protocol: string | null;
  /** A view that may hold only until the next one. */
  readonly bytes: Uint8Array;
}

/** In order of capture, each opened when it is its turn. */
export function* dataUnits(trace: AnalysedTrace, association: AnalysedAssociation): Generator<DataUnit> {
  const { carried, records } = association.state;
  const { side } = trace.records.columns;
  for (const record of records) {
    if (!carried.get(record)?.some((item) => item.kind === 'applicationData')) continue;
    const { content } = new RecordReading(trace, association, record, passingPlaceOf);
    if (content?.contentType !== CONTENT_TYPE.applicationData) continue;
    const bytes = bytesOf(content);
    const sender = SENDERS[side[record] ?? 0] ?? 'client';
    const protocol = recogniseFormat(bytes)?.protocol ?? null;
    yield { record, packet: trace.packetOf(record), sender, protocol, bytes };
  }
}

export interface PlaintextUnit {
  readonly timeNs: bigint;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** As `application/` names it; null where it is not recognised. */
  readonly protocol: string | null;
  readonly bytes: Uint8Array;
  /** In its file. */
  readonly packet: number;
  /** What findings say of its record. */
  readonly remarks: readonly string[];
}

export function plaintextUnits(
  trace: AnalysedTrace,
  associations: readonly AnalysedAssociation[],
  summary: TraceSummary,
): PlaintextUnit[] {
  const units: { record: number; unit: PlaintextUnit }[] = [];
  const remarks = remarksOnRecords(summary);
  for (const association of associations) {
    for (const { record, packet, protocol, bytes } of dataUnits(trace, association)) {
      const { timeNs, source, destination } = trace.datagramOf(record);
      const unit = { timeNs, source, destination, protocol, bytes: bytes.slice(), packet };
      units.push({ record, unit: { ...unit, remarks: remarks.get(record + 1) ?? [] } });
    }
  }
  return units.sort((a, b) => a.record - b.record).map(({ unit }) => unit);
}

/** Decrypted application data with what a reader elsewhere needs to know of it: when, between whom, which protocol. */
import type { Endpoint } from '../capture/datagram.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { remarksOnRecords } from './finding-remarks.ts';
import { messageViews } from './flight-views.ts';
import { recordBody } from './record-body.ts';
import { recordView } from './record-views.ts';
import type { TraceSummary } from './trace.ts';

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
    const { indexOf } = messageViews(trace, association);
    for (const record of association.state.records) {
      const view = recordView(trace, association, record, indexOf);
      const data = view.contents.find((content) => content.kind === 'applicationData');
      const body = data ? recordBody(trace, association, record) : null;
      if (!data || body?.contentType !== CONTENT_TYPE.applicationData) continue;
      const { timeNs, source, destination, packet } = trace.datagramOf(record);
      const unit = { timeNs, source, destination, protocol: data.protocol, bytes: body.bytes, packet };
      units.push({ record, unit: { ...unit, remarks: remarks.get(record + 1) ?? [] } });
    }
  }
  return units.sort((a, b) => a.record - b.record).map(({ unit }) => unit);
}

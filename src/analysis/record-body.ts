/** The bytes that a record carries in the clear, for export. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { bytesOf, contentOf } from './record-content.ts';

export interface RecordBody {
  readonly contentType: number;
  readonly bytes: Uint8Array;
}

export function recordBody(trace: AnalysedTrace, association: AnalysedAssociation, record: number): RecordBody | null {
  const content = contentOf(trace, association, record);
  return content && { contentType: content.contentType, bytes: bytesOf(content) };
}

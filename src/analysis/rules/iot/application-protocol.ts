/** What the decrypted application data of an association is, as far as its first records tell. */
import { recognise } from '../../../application/application.ts';
import { recordBody } from '../../record-body.ts';
import type { Side } from '../../record-table.ts';
import type { Subject } from '../subject.ts';

/** Records that are opened for that. */
const MOST = 4;

export interface SaidData {
  /** 0-based. */
  readonly record: number;
  readonly side: Side;
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** Decrypted application data, the first of it; nothing where no key is at hand. */
export function dataOf(subject: Subject, most: number): readonly SaidData[] {
  if (subject.a.records.decrypted === 0) return [];
  const said: SaidData[] = [];
  for (const { record, side, epoch } of subject.analysed.state.applicationRecords) {
    if (said.length >= most) break;
    if (subject.fact(record).state !== 'decrypted') continue;
    const body = recordBody(subject.trace, subject.analysed, record);
    if (body) said.push({ record, side, epoch, bytes: body.bytes });
  }
  return said;
}

/** "CoAP", "LwM2M", "RADIUS" …; null where it stays closed or is nothing known. */
export function protocolOf(subject: Subject): string | null {
  for (const { bytes } of dataOf(subject, MOST)) {
    const protocol = recognise(bytes)?.protocol;
    if (protocol !== undefined && protocol !== 'text') return protocol;
  }
  return null;
}

export const isCoap = (protocol: string | null): boolean => protocol === 'CoAP' || protocol === 'LwM2M';

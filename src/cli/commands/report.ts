/** `dtlscope report`: what happened. */

import { SEVERITIES } from '../../analysis/finding.ts';
import type { Session } from '../../analysis/session.ts';
import type { Association, AssociationDetail } from '../../analysis/trace.ts';
import { CONTENT_TYPE } from '../../dtls/record.ts';
import { reportMarkdown } from '../../present/report-markdown.ts';
import { reportText } from '../../present/report-text.ts';
import { toHex } from '../../wire/text.ts';
import { type Arguments, UsageError } from '../arguments.ts';
import { type DataItem, reportJson } from '../output/json.ts';

export interface Style {
  readonly generator: string;
  /** Escape sequences allowed: output goes to a terminal. */
  readonly colour: boolean;
}

export function report(session: Session, args: Arguments, { generator, colour }: Style): string {
  const trace = session.trace();
  const associations = choose(trace.associations, args.association);
  const detailOf = ({ id }: Association): AssociationDetail => {
    const detail = session.association(id);
    if (!detail) throw new Error(`the trace lists ${id} but does not have it`);
    return detail;
  };
  if (args.format === 'text')
    return reportText({ trace, associations, detailOf, alone: args.association !== null, colour });
  if (args.format === 'markdown') return reportMarkdown({ trace, associations, detailOf });
  const wholeOf = (association: Association) => {
    const detail = detailOf(association);
    const srtp = args.srtpKeys ? session.srtpKeys(association.id) : null;
    return {
      detail,
      data: args.data ? applicationData(session, detail) : [],
      srtpKeys: typeof srtp === 'string' ? { missing: srtp } : srtp,
    };
  };
  return `${JSON.stringify(reportJson({ generator, trace, associations, wholeOf: args.summary ? null : wholeOf }), null, 1)}\n`;
}

/** Whether a finding of the chosen associations, or of the trace, is at or above the severity of --fail-on. */
export function failsOn(session: Session, { failOn, association }: Arguments): boolean {
  if (failOn === null) return false;
  const trace = session.trace();
  const all = [...trace.findings, ...choose(trace.associations, association).flatMap((a) => a.findings)];
  const limit = SEVERITIES.indexOf(failOn);
  return all.some((f) => SEVERITIES.indexOf(f.severity) <= limit);
}

function choose(associations: readonly Association[], id: string | null): readonly Association[] {
  if (id === null) return associations;
  const found = associations.filter((a) => a.id === id);
  if (found.length > 0) return found;
  const range = associations.length === 0 ? 'there is none' : `there are a1 to a${associations.length}`;
  throw new UsageError(`There is no association ${id}: ${range}.`);
}

function applicationData(session: Session, detail: AssociationDetail): DataItem[] {
  return detail.records.flatMap((record): DataItem[] => {
    const data = record.contents.find((c) => c.kind === 'applicationData');
    if (!data) return [];
    const body = session.recordBody(record.record);
    if (!body || body.contentType !== CONTENT_TYPE.applicationData) return [];
    return [{ packet: record.packet, sender: record.sender, protocol: data.protocol, hex: toHex(body.bytes) }];
  });
}

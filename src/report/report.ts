/** The report in every format, the same for the command line and for the page. */
import type { Session } from '../analysis/session.ts';
import type { Association, AssociationDetail } from '../analysis/trace.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { ThemeName } from '../present/palette.ts';
import { reportHtml } from '../present/report-html.ts';
import { reportMarkdown } from '../present/report-markdown.ts';
import { reportText } from '../present/report-text.ts';
import { sequenceSvg } from '../present/sequence-svg.ts';
import { toHex } from '../wire/text.ts';
import { type DataItem, reportJson } from './json.ts';

export type ReportFormat = 'text' | 'json' | 'markdown' | 'html' | 'svg';

export interface ReportOptions {
  readonly format: ReportFormat;
  readonly generator: string;
  /** Those to report, in order. */
  readonly associations: readonly Association[];
  /** One association was asked for: it is shown whole, however many there are. */
  readonly alone: boolean;
  /** JSON: decrypted application data, SRTP master keys, or neither messages nor epochs. */
  readonly data?: boolean;
  readonly srtpKeys?: boolean;
  readonly summary?: boolean;
  /** Text: escape sequences are allowed. */
  readonly colour?: boolean;
  /** SVG alone: the other formats follow their reader. */
  readonly theme?: ThemeName;
}

export function writeReport(session: Session, options: ReportOptions): string {
  return [...reportParts(session, options)].join('');
}

/** The same in pieces, made one after the other. */
export function* reportParts(session: Session, options: ReportOptions): Generator<string> {
  const { format, generator, associations, alone } = options;
  const trace = session.trace();
  const detailOf = ({ id }: Association): AssociationDetail => {
    const detail = session.association(id);
    if (!detail) throw new Error(`the trace lists ${id} but does not have it`);
    return detail;
  };
  switch (format) {
    case 'text':
      yield reportText({ trace, associations, detailOf, alone, colour: options.colour ?? false });
      return;
    case 'markdown':
      yield reportMarkdown({ trace, associations, detailOf });
      return;
    case 'html':
      yield reportHtml({ trace, associations, detailOf, generator });
      return;
    case 'svg':
      yield* associations
        .slice(0, 1)
        .map((a) => sequenceSvg({ trace, detail: detailOf(a), theme: options.theme ?? 'light' }).svg);
      return;
    case 'json': {
      const wholeOf = (association: Association) => wholeAssociation(session, detailOf(association), options);
      yield* reportJson({ generator, trace, associations, wholeOf: options.summary ? null : wholeOf });
    }
  }
}

function wholeAssociation(session: Session, detail: AssociationDetail, { data, srtpKeys }: ReportOptions) {
  const srtp = srtpKeys ? session.srtpKeys(detail.association.id) : null;
  return {
    detail,
    data: data ? applicationData(session, detail) : [],
    srtpKeys: typeof srtp === 'string' ? { missing: srtp } : srtp,
  };
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

/** The report in every format, the same for the command line and for the page. */
import type { Session } from '../analysis/session.ts';
import type { Association, AssociationDetail } from '../analysis/trace.ts';
import type { ThemeName } from '../present/palette.ts';
import { reportHtml } from '../present/report-html.ts';
import { reportMarkdown } from '../present/report-markdown.ts';
import { reportText } from '../present/report-text.ts';
import { sequenceSvg } from '../present/sequence-svg.ts';
import { toHex } from '../wire/text.ts';
import { type DataItem, reportJson, type Whole } from './json.ts';

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
  const detailOf = ({ id }: Association): AssociationDetail => listed(id, session.association(id));
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
      const wholeOf = (association: Association) => wholeAssociation(session, association, options);
      yield* reportJson({ generator, trace, associations, wholeOf: options.summary ? null : wholeOf });
    }
  }
}

function listed<T>(id: string, found: T | null): T {
  if (found === null) throw new Error(`the trace lists ${id} but does not have it`);
  return found;
}

function wholeAssociation(session: Session, { id }: Association, { data, srtpKeys }: ReportOptions): Whole {
  const srtp = srtpKeys ? session.srtpKeys(id) : null;
  return {
    story: listed(id, session.story(id)),
    data: data ? dataItems(session, id) : [],
    srtpKeys: typeof srtp === 'string' ? { missing: srtp } : srtp,
  };
}

function* dataItems(session: Session, id: string): Generator<DataItem> {
  for (const { packet, sender, protocol, bytes } of session.dataOf(id))
    yield { packet, sender, protocol, hex: toHex(bytes) };
}

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
  readonly ids: readonly string[];
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
  const { format, generator, ids, alone } = options;
  const detailOf = ({ id }: Association): AssociationDetail => listed(id, session.shown(id));
  const findings = () => session.findings();
  switch (format) {
    case 'text': {
      const [total, count] = [session.ids().length, ids.length];
      const among = { overview: session.overview(), findings, total, count, associations: session.associations(ids) };
      yield reportText({ ...among, detailOf, alone, colour: options.colour ?? false });
      return;
    }
    case 'markdown':
      yield reportMarkdown({ trace: session.trace(), associations: [...session.associations(ids)], detailOf });
      return;
    case 'html':
      yield reportHtml({ trace: session.trace(), associations: [...session.associations(ids)], detailOf, generator });
      return;
    case 'svg':
      for (const a of session.associations(ids.slice(0, 1)))
        yield sequenceSvg({ trace: session.trace(), detail: detailOf(a), theme: options.theme ?? 'light' }).svg;
      return;
    case 'json': {
      const wholeOf = (association: Association) => wholeAssociation(session, association, options);
      const among = { generator, overview: session.overview(), findings, associations: session.associations(ids) };
      yield* reportJson({ ...among, wholeOf: options.summary ? null : wholeOf });
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

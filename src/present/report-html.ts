/**
 * The report as one HTML file that needs nothing else and runs nothing: no scripts, its own style, light or dark as its
 * reader has it. Names on the wire are hostile, so every text goes through `escaped`.
 */
import type { Association, AssociationDetail, CaptureSummary, TraceSummary } from '../analysis/trace.ts';
import { counted, endpointText, grouped } from './association-row.ts';
import { secretCount } from './key-rows.ts';
import { element, escaped } from './markup.ts';
import { pointsSentences } from './points-text.ts';
import { associationHtml } from './report-html-association.ts';
import { findingsHtml } from './report-html-findings.ts';
import { facts, list, paragraph, table } from './report-html-parts.ts';
import { REPORT_STYLE } from './report-html-style.ts';

export interface HtmlReport {
  readonly trace: TraceSummary;
  readonly associations: readonly Association[];
  readonly detailOf: (a: Association) => AssociationDetail;
  /** "dtlscope 0.1.0" */
  readonly generator: string;
}

/** Sections of more associations than this would make a file that no browser likes; the rest is in the table. */
const MOST_SECTIONS = 200;

export function reportHtml({ trace, associations, detailOf, generator }: HtmlReport): string {
  const name = trace.captures.map((c) => c.name).join(', ') || 'no capture';
  const shown = associations.slice(0, MOST_SECTIONS);
  const main = [
    element('h1', {}, `DTLS in ${escaped(name)}`),
    ...trace.captures.flatMap(({ problems }) => problems.map((p) => paragraph(p.message, 'problem'))),
    associations.length === 0 ? paragraph('No DTLS was found.') : '',
    associations.length > 1 ? contents(associations, shown.length) : '',
    findingsHtml(trace.findings, 'About the whole capture'),
    ...shown.map((a) => associationHtml(detailOf(a), trace)),
    captures(trace),
    keys(trace),
    element('footer', {}, paragraph(`Made by ${generator}. This file holds no script and asks nobody for anything.`)),
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // A second lock: whatever got through as markup could neither run nor load anything.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    element('title', {}, `DTLS in ${escaped(name)}`),
    `<style>${REPORT_STYLE}</style>`,
    '</head>',
    `<body><main>${main.filter((part) => part !== '').join('\n')}</main></body>`,
    '</html>',
    '',
  ].join('\n');
}

/** The table of contents: an association a row. */
function contents(associations: readonly Association[], sections: number): string {
  const rows = associations.map((a, i) => [
    i < sections ? element('a', { href: `#${a.id}` }, escaped(a.id)) : escaped(a.id),
    escaped(`${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)}`),
    escaped(a.version ?? '—'),
    escaped(a.outcome),
    escaped(a.verdict),
  ]);
  const left = associations.length - sections;
  return [
    element('h2', { id: 'contents' }, counted(associations.length, 'association')),
    table(['id', 'addresses', 'version', 'outcome', 'what happened'], rows),
    left > 0 ? paragraph(`The last ${grouped(left)} have no section here: report them one by one.`) : '',
  ].join('');
}

function captures({ captures: all, points }: TraceSummary): string {
  if (all.length === 0) return '';
  const sentences = points ? list(pointsSentences(points, all).map(escaped)) : '';
  return element('section', {}, element('h2', {}, 'Captures') + sentences + all.map(captureFacts).join(''));
}

function captureFacts(c: CaptureSummary): string {
  return facts([
    ['File', c.name],
    ['Format', `${c.format}, link type ${c.linkTypes.join(', ') || 'none'}`],
    ['Packets', grouped(c.packets)],
    [
      'DTLS',
      `${grouped(c.dtlsDatagrams)} of ${counted(c.udpDatagrams, 'UDP datagram')}, ${counted(c.dtlsRecords, 'record')}`,
    ],
    [
      'IP fragments',
      c.ipFragmentsReassembled === 0 ? null : `${grouped(c.ipFragmentsReassembled)} datagrams reassembled`,
    ],
    ['First packet', c.firstTime],
    ['Last packet', c.lastTime],
  ]);
}

/** What became of the keys; never the keys. */
function keys({ keys: summary }: TraceSummary): string {
  const { secrets, problems } = summary;
  if (secrets.length === 0 && problems.length === 0) return '';
  const used = secrets.filter(({ records }) => records > 0).length;
  const idle = secrets.flatMap(({ source, reason }) => (reason === null ? [] : [escaped(`${source}: ${reason}`)]));
  return element(
    'section',
    {},
    [
      element('h2', {}, 'Keys'),
      paragraph(`${used} of ${counted(secretCount(summary), 'secret')} opened something.`),
      list([...idle, ...problems.map((p) => escaped(`${p.source}: ${p.message}`))]),
    ].join(''),
  );
}

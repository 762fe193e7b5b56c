/** One association in the HTML report: a section with its diagram, findings and tables. */
import type { Association, AssociationDetail, TraceSummary } from '../analysis/trace.ts';
import { endpointText, grouped } from './association-row.ts';
import { endpointNames, seenTwice } from './capture-points.ts';
import { certificateCard } from './certificate-card.ts';
import { element, escaped } from './markup.ts';
import { findingsHtml } from './report-html-findings.ts';
import { facts, folded, list, paragraph, part } from './report-html-parts.ts';
import { anchorOf, epochsTable, lossesTable, MOST_ROWS, recordsTable } from './report-html-tables.ts';
import { sequenceSvg } from './sequence-svg.ts';
import { recordsInAll } from './summed-records.ts';
import { timerFacts, timingFacts, vantageFact } from './timing-facts.ts';

export function associationHtml(detail: AssociationDetail, trace: TraceSummary): string {
  const { association: a, records, relations } = detail;
  const names = endpointNames(a, seenTwice(detail, trace.points) !== null);
  const rows = new Set(records.slice(0, MOST_ROWS).map(({ record }) => record));
  const timing = [
    vantageFact(detail.vantage),
    ...timingFacts(detail.timing, names),
    ...timerFacts(detail.timers, names),
  ];
  const { svg } = sequenceSvg({ trace, detail, theme: 'page' });
  return element(
    'section',
    { id: a.id },
    [
      element(
        'h2',
        {},
        escaped(`${a.id}: ${endpointText(a.client)} ${a.rolesKnown ? '→' : '↔'} ${endpointText(a.server)}`),
      ),
      paragraph(a.verdict, 'verdict'),
      parameters(a),
      element('figure', { class: 'wide', tabindex: 0 }, svg),
      findingsHtml(a.findings, 'What went wrong', (record) => (rows.has(record) ? anchorOf(record) : null)) ||
        part('What went wrong', paragraph('Nothing that DTLScope has a rule for.')),
      part('Losses', lossesTable(detail)),
      part('Time and timers', facts(timing.map(({ name, says, remarks }) => [name, sentences([says, ...remarks])]))),
      part('Epochs', epochsTable(a)),
      part('Alerts', alerts(a)),
      part('Certificates', certificates(a)),
      part('Other associations', list(relations.map(({ says }) => escaped(says)))),
      folded(`${grouped(recordsInAll(detail))} records`, recordsTable(detail)),
    ].join('\n'),
  );
}

function parameters(a: Association): string {
  const { records, fingerprints, connectionIds: ids } = a;
  return facts([
    ['Version', a.version],
    ['Cipher suite', a.cipherSuite && `${a.cipherSuite.name} (0x${a.cipherSuite.id.toString(16).padStart(4, '0')})`],
    ['Key exchange', a.keyExchange],
    ['Group', a.group],
    ['Server name', a.serverName],
    ['ALPN', a.alpn],
    ['PSK identity', a.pskIdentity],
    ['SRTP profile', a.srtpProfile],
    ['Extended master secret', yesNo(a.extendedMasterSecret)],
    ['Encrypt-then-MAC', yesNo(a.encryptThenMac)],
    ['Connection IDs', connectionId('client', ids.client) + connectionId('server', ids.server)],
    ['Client random', a.clientRandom],
    ['JA3, JA3S, JA4', [fingerprints.ja3, fingerprints.ja3s, fingerprints.ja4].filter((f) => f !== null).join(', ')],
    ['Outcome', a.outcome],
    ['Closed', a.closed],
    [
      'Records',
      [
        `${grouped(records.total)}`,
        records.decrypted > 0 ? `${grouped(records.decrypted)} decrypted` : null,
        records.undecryptable > 0 ? `${grouped(records.undecryptable)} closed` : null,
        records.retransmitted > 0 ? `${grouped(records.retransmitted)} retransmitted` : null,
        records.duplicate > 0 ? `${grouped(records.duplicate)} duplicate` : null,
        records.reordered > 0 ? `${grouped(records.reordered)} out of order` : null,
        records.malformed > 0 ? `${grouped(records.malformed)} malformed` : null,
      ]
        .filter((said) => said !== null)
        .join(', '),
    ],
    ['Carried in', a.carriers.join(', ')],
    ...a.addressChanges.map(
      ({ endpoint, from, to, packet }) =>
        ['Moved', `${endpoint} from ${endpointText(from)} to ${endpointText(to)} in packet ${packet}`] as const,
    ),
  ]);
}

/** Some end with a full stop and some do not. */
function sentences(of: readonly string[]): string {
  return of.map((text, i) => (i < of.length - 1 && !text.endsWith('.') ? `${text}.` : text)).join(' ');
}

const yesNo = (value: boolean | null): string | null => (value === null ? null : value ? 'yes' : 'no');

function connectionId(side: string, id: string | null): string {
  return id === null ? '' : `the ${side} receives ${id === '' ? 'an empty one' : id}. `;
}

function alerts({ alerts: all }: Association): string {
  return list(
    all.map(({ packet, sender, level, description, code }) =>
      escaped(`packet ${packet}, ${sender}: ${level} ${description} (${code})`),
    ),
  );
}

function certificates({ certificates: { client, server } }: Association): string {
  const cards = [
    ...server.map((certificate) => ['server', certificate] as const),
    ...client.map((certificate) => ['client', certificate] as const),
  ];
  return cards
    .map(([side, certificate]) => {
      const card = certificateCard(certificate);
      return facts([
        ['Of', side],
        ['Subject', card.subject],
        ['Issuer', card.issuer],
        ['Valid', [card.dates, card.datesWrong].filter((said) => said !== null).join(', ')],
        ['Chain', card.chainWrong],
        ['Key', card.key],
        ['Names', certificate.names.join(', ')],
        ['Serial', certificate.serial],
        ['SHA-256', certificate.sha256],
      ]);
    })
    .join('');
}

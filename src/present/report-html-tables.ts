/** The long tables of the HTML report: records, losses and epochs of one association. */
import type { Association, AssociationDetail, Content, RecordView } from '../analysis/trace.ts';
import { grouped, milliseconds } from './association-row.ts';
import { element, escaped } from './markup.ts';
import { paragraph, table } from './report-html-parts.ts';
import { rolesOf } from './sentences.ts';
import { numberRanges } from './sequence-columns.ts';
import { recordsInAll } from './summed-records.ts';

/** Records of more than this are not listed one by one. */
export const MOST_ROWS = 2000;

/** Where evidence points to. Records are numbered over the whole trace, so no two sections share one. */
export const anchorOf = (record: number): string => `record-${record}`;

export function recordsTable(detail: AssociationDetail): string {
  const { association, records } = detail;
  if (records.length === 0) return '';
  const roles = rolesOf(association);
  const rows = records
    .slice(0, MOST_ROWS)
    .map((one) => [
      element('span', { id: anchorOf(one.record) }, String(one.record)),
      String(one.packet),
      milliseconds(one.timeMs - association.startMs),
      escaped(roles[one.sender]),
      String(one.epoch),
      one.sequenceNumber === null ? '?' : String(one.sequenceNumber),
      String(one.length),
      escaped(one.contents.map(contentText).join(', ') || '—'),
      escaped(stateText(one)),
    ]);
  const left = recordsInAll(detail) - Math.min(records.length, MOST_ROWS);
  const heads = ['record', 'packet', 'ms', 'sender', 'epoch', 'number', 'bytes', 'what it carries', 'state'];
  return table(heads, rows) + (left > 0 ? paragraph(`${grouped(left)} more records are not listed.`) : '');
}

function contentText(content: Content): string {
  switch (content.kind) {
    case 'handshake': {
      const { name, length, fragmentOffset, fragmentLength } = content;
      const whole = fragmentLength === length;
      return whole ? name : `${name} [${fragmentOffset}–${fragmentOffset + fragmentLength} of ${length}]`;
    }
    case 'changeCipherSpec':
      return 'ChangeCipherSpec';
    case 'alert':
      return `alert ${content.level} ${content.description}`;
    case 'ack':
      return `ACK of ${content.acknowledged.map((a) => `${a.epoch}:${a.sequenceNumber}`).join(', ') || 'nothing'}`;
    case 'applicationData':
      return `${content.protocol ?? 'application data'}, ${grouped(content.length)} bytes`;
    case 'other':
    case 'encrypted':
      return `${content.name}, ${grouped(content.length)} bytes`;
    case 'malformed':
      return content.why;
  }
}

function stateText({ state, mark, repeats, reason }: RecordView): string {
  const repeated = repeats === null ? '' : ` of record ${repeats}`;
  const parts = [
    state,
    reason === null ? '' : reason.replaceAll('-', ' '),
    mark === 'original' ? '' : `${mark}${repeated}`,
  ];
  return parts.filter((said) => said !== '').join(', ');
}

export function lossesTable({ losses, association }: AssociationDetail): string {
  if (losses.length === 0) return '';
  const roles = rolesOf(association);
  const rows = losses
    .slice(0, MOST_ROWS)
    .map(({ sender, epoch, sequenceNumbers, messages, where, certainty, reason }) => [
      escaped(roles[sender]),
      String(epoch),
      escaped(sequenceNumbers.length > 0 ? numberRanges(sequenceNumbers) : '?'),
      escaped(messages.join(', ') || 'not known'),
      escaped(where.replaceAll('-', ' ')),
      escaped(`${reason} (${certainty.replaceAll('-', ' ')})`),
    ]);
  return table(['sender', 'epoch', 'numbers', 'what it carried', 'where', 'how it is known'], rows);
}

export function epochsTable({ epochs, startMs, rolesKnown }: Association): string {
  if (epochs.length === 0) return '';
  const roles = rolesOf({ rolesKnown });
  const number = (value: number | null) => (value === null ? '?' : String(value));
  const rows = epochs.map((e) => [
    escaped(roles[e.sender]),
    String(e.epoch),
    grouped(e.records),
    `${number(e.firstSequence)}–${number(e.lastSequence)}`,
    escaped(e.missing.length === 0 ? 'none' : numberRanges(e.missing)),
    milliseconds(e.writeFromMs - startMs),
    milliseconds(e.writeUntilMs - startMs),
    e.keys ? 'yes' : 'no',
  ]);
  return table(['sender', 'epoch', 'records', 'numbers', 'missing', 'from ms', 'until ms', 'keys'], rows);
}

/** What a row of the sequence diagram says aloud. */
import type { Sender } from '../analysis/trace.ts';
import { crossingWords } from './sequence-delays.ts';
import type { BurstRow, FoldRow, SequenceRow } from './sequence-types.ts';
import { duration } from './time-scale.ts';

export interface Roles {
  readonly client: string;
  readonly server: string;
}

/** "client" and "server", or letters where nobody said hello. */
export function rolesOf(association: { readonly rolesKnown: boolean }): Roles {
  return association.rolesKnown ? { client: 'client', server: 'server' } : { client: 'A', server: 'B' };
}

export interface Spoken {
  readonly roles: Roles;
  /** Time zero of the diagram, in ms of the trace. */
  readonly originMs: number;
  /** The silence before the row, where the diagram shows one. */
  readonly silentMs: number | null;
}

/** "Record 7, server to client, at 1 004 milliseconds, Certificate fragment 2 of 3, retransmission 2 of flight 4, epoch 0" */
export function rowSentence(row: SequenceRow, spoken: Spoken): string {
  const parts = row.kind === 'fold' ? foldParts(row, spoken) : burstParts(row, spoken);
  if (spoken.silentMs !== null) parts.push(`after ${wholeMs(spoken.silentMs)} of silence`);
  return parts.filter((part) => part !== '').join(', ');
}

function burstParts(row: BurstRow, { roles, originMs }: Spoken): string[] {
  return [
    row.records.length === 0 ? 'Never captured' : recordsWords(row.records),
    direction(row.sender, roles),
    row.records.length === 0 ? '' : `at ${wholeMs(row.startMs - originMs)}`,
    messageWords(row),
    markWords(row),
    epochWords(row),
    row.fate === 'delivered' ? '' : row.fate === 'lost' ? 'lost, as inferred' : 'lost between the capture points',
    (row.crossing && crossingWords(row.crossing)) ?? '',
    row.fragments || row.segments.length > 1 || !row.note ? '' : row.note,
    ...row.explanations.map((sentence) => sentence.replace(/\.$/, '')),
    row.opens === null ? '' : row.opens === 'closed' ? 'folded' : 'opened',
  ];
}

function foldParts(row: FoldRow, { roles, originMs }: Spoken): string[] {
  return [
    `${row.client.records + row.server.records} ${row.encrypted ? 'encrypted records' : `records of ${row.protocol ?? 'application data'}`} in ${duration(row.durationMs)}`,
    row.around !== null ? 'told in a sum, Enter shows the first of them' : row.open ? 'unfolded' : 'folded',
    `from ${wholeMs(row.startMs - originMs)}`,
    `${row.client.records} by ${roles.client}`,
    `${row.server.records} by ${roles.server}`,
    row.duplicates > 0 ? `${row.duplicates} duplicates` : '',
    row.lost > 0 ? `${row.lost} lost` : '',
  ];
}

function recordsWords(records: readonly number[]): string {
  const [first, ...others] = records;
  const last = others.at(-1);
  if (last === undefined) return `Record ${first}`;
  const joined = others.every((record, index) => record === (first ?? 0) + index + 1);
  return joined ? `Records ${first} to ${last}` : `Records ${[first, ...others].join(', ')}`;
}

function direction(sender: Sender, roles: Roles): string {
  return sender === 'client' ? `${roles.client} to ${roles.server}` : `${roles.server} to ${roles.client}`;
}

function messageWords(row: BurstRow): string {
  const { fragments, segments } = row;
  if (fragments) {
    const last = fragments.first + fragments.pieces.length - 1;
    const which = last > fragments.first ? `fragments ${fragments.first} to ${last}` : `fragment ${fragments.first}`;
    const lost = row.fate === 'delivered' ? fragments.pieces.filter(({ fate }) => fate !== 'delivered').length : 0;
    return `${segments[0]?.label ?? ''} ${which} of ${fragments.sent}${lost > 0 ? `, ${lost} of them lost` : ''}`;
  }
  return segments
    .map((one) => (one.detail && segments.length === 1 ? `${one.label} ${one.detail}` : one.label))
    .join(', ');
}

function markWords({ mark, attempt, repeats }: BurstRow): string {
  const flight = attempt ? `flight ${attempt.flight}` : '';
  if (mark === 'duplicate') return `duplicate of record ${repeats.join(', ') || 'unknown'}`;
  if (mark === 'retransmission')
    return attempt ? `retransmission ${attempt.number} of ${flight}` : `retransmission of record ${repeats.join(', ')}`;
  return flight;
}

function epochWords({ segments }: BurstRow): string {
  const epochs = [...new Set(segments.map((segment) => segment.epoch))];
  return epochs.length === 1 ? `epoch ${epochs[0]}` : `epochs ${epochs.join(' and ')}`;
}

/** Spoken times are whole: nobody listens to microseconds. Below 10 ms one digit tells rows apart. */
function wholeMs(ms: number): string {
  const rounded = Math.abs(ms) < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
  return `${String(rounded).replace(/\B(?=(\d{3})+$)/g, '\u202f')} millisecond${rounded === 1 ? '' : 's'}`;
}

/** The sequence diagram in characters: one line per datagram direction, flights at the margin, silences named. */
import type { Association, AssociationDetail, Content, RecordView, SummedData } from '../analysis/trace.ts';
import { isApplication } from './application-record.ts';
import { numberRanges } from './sequence-columns.ts';

/** A pause longer than this gets a line of its own, in ms. */
const SILENCE_MS = 250;
/** More application data in a row than this is folded into one line. */
const FOLD = 6;
/** More losses among it than this are told in that line. */
const MOST_LOSSES = 20;
const TIME = 12;
const PACKET = 7;
const FLIGHT = 12;

interface Line {
  readonly timeMs: number;
  /** Null for what was never captured. */
  readonly packet: number | null;
  readonly capture: number;
  /** Last record on the line. */
  readonly record: number;
  readonly fromClient: boolean;
  readonly flight: string;
  readonly label: string;
  readonly application: boolean;
  /** Datagrams that it stands for, and when the last of them was captured. */
  readonly datagrams: number;
  readonly endMs: number;
  readonly bothWays: boolean;
  /** None of it could be read. */
  readonly encrypted: boolean;
  /** Records that were never captured. */
  readonly missing: number;
  /** It ends on the way. */
  readonly lost: boolean;
}

/** Lines of at most `width` characters. `pointOf` names the capture point of a packet where there are two: "A", "B". */
export function textDiagram(
  { association, records, losses, summed = [] }: AssociationDetail,
  width: number,
  pointOf: (capture: number) => string = () => '',
): string[] {
  const [left, right] = association.rolesKnown ? ['client', 'server'] : ['A', 'B'];
  const lane = width - PACKET - TIME - FLIGHT;
  const out = [
    `${'packet'.padStart(PACKET - 1)}${'ms'.padStart(TIME - 1)}  ${''.padEnd(FLIGHT)}${left}${right.padStart(lane - left.length)}`,
  ];
  let before: Line | null = null;
  let flight = '';
  for (const line of fold(withLosses(withSums(linesOf(records, association), summed, association), losses))) {
    const silence = before && line.packet !== null ? line.timeMs - before.timeMs : 0;
    if (silence > SILENCE_MS)
      out.push(
        `${''.padStart(PACKET + TIME + FLIGHT)}${`… ${silence.toFixed(3)} ms of silence …`.padStart(Math.floor(lane / 2) + 16)}`,
      );
    const time = line.packet === null ? '' : line.timeMs.toFixed(3);
    const number = line.packet === null ? '—' : `${pointOf(line.capture)}${line.packet}`;
    const head = `${number.padStart(PACKET - 1)}${time.padStart(TIME - 1)}  ${(line.flight === flight ? '' : line.flight).padEnd(FLIGHT)}`;
    out.push(head + arrow(line, lane));
    if (line.packet === null) continue;
    flight = line.flight;
    before = { ...line, timeMs: line.endMs };
  }
  return out;
}

function arrow({ fromClient, label, lost }: Line, lane: number): string {
  const room = lane - 6;
  const text = label.length > room ? `${label.slice(0, room - 1)}…` : label;
  if (lost) {
    const dashes = '- '.repeat(Math.max(1, Math.floor((lane - text.length) / 4)));
    return fromClient
      ? `|${text} ${dashes}x`.padEnd(lane - 1).concat('|')
      : `|${`x ${dashes}${text}|`.padStart(lane - 1)}`;
  }
  return fromClient
    ? `|${text} ${'-'.repeat(lane - text.length - 5)}> |`
    : `| <${'-'.repeat(lane - text.length - 5)} ${text}|`;
}

function linesOf(records: readonly RecordView[], association: Association): Line[] {
  const { startMs } = association;
  const lines: Line[] = [];
  let previous: RecordView | null = null;
  for (const record of records) {
    const joins =
      previous &&
      previous.packet === record.packet &&
      previous.capture === record.capture &&
      previous.flight === record.flight &&
      previous.transmission === record.transmission;
    const label = labelOf(record, previous && joins ? previous : null);
    const last = lines.at(-1);
    if (joins && last) lines[lines.length - 1] = { ...last, record: record.record, label: `${last.label}, ${label}` };
    else {
      lines.push({
        timeMs: record.timeMs - startMs,
        packet: record.packet,
        capture: record.capture,
        record: record.record,
        fromClient: record.sender === 'client',
        flight: flightOf(record),
        label: `${mark(record)}${label}`,
        application: record.flight === null && isApplication(record, association),
        datagrams: 1,
        endMs: record.timeMs - startMs,
        bothWays: false,
        encrypted: record.contents.every(({ kind }) => kind === 'encrypted'),
        missing: 0,
        lost: false,
      });
    }
    previous = record;
  }
  return lines;
}

/** Records that are told in sums stand where the first of them does. */
function withSums(lines: readonly Line[], summed: readonly SummedData[], { startMs }: Association): readonly Line[] {
  if (summed.length === 0) return lines;
  const sums = summed.map(
    (sum): Line => ({
      timeMs: sum.startMs - startMs,
      packet: sum.firstPacket,
      capture: sum.capture,
      record: sum.lastRecord,
      fromClient: sum.client.records > 0,
      flight: '',
      label: `${sum.datagrams} datagrams that are not told one by one`,
      application: sum.onlyData,
      datagrams: sum.datagrams,
      endMs: sum.endMs - startMs,
      bothWays: sum.client.records > 0 && sum.server.records > 0,
      encrypted: sum.encrypted,
      missing: 0,
      lost: false,
    }),
  );
  return [...lines, ...sums].sort((a, b) => a.record - b.record);
}

/** What was captured and lost later ends in a cross; what never came has a line where its number belongs. */
function withLosses(lines: readonly Line[], losses: AssociationDetail['losses']): Line[] {
  const lostLater = new Set(losses.flatMap((loss) => loss.records));
  const absent = losses
    .filter((loss) => loss.records.length === 0)
    .map((loss) => ({ loss, before: loss.evidence.at(-1) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.before - b.before);
  const out: Line[] = [];
  const many = absent.length > MOST_LOSSES;
  let next = 0;
  const insert = (upTo: number, timeMs: number) => {
    for (let one = absent[next]; one && one.before <= upTo; one = absent[++next])
      out.push(absentLine(one.loss, timeMs, many));
  };
  for (const line of lines) {
    insert(line.record, line.timeMs);
    out.push(lostLater.has(line.record) ? { ...line, lost: true } : line);
  }
  insert(Number.POSITIVE_INFINITY, lines.at(-1)?.timeMs ?? 0);
  return out;
}

function absentLine(
  { sender, messages, sequenceNumbers, epoch, flight }: AssociationDetail['losses'][number],
  timeMs: number,
  many: boolean,
): Line {
  const what = messages.length > 0 ? messages.join(', ') : 'something';
  const numbers = sequenceNumbers.length > 0 ? ` (record ${numberRanges(sequenceNumbers)} missing)` : '';
  return {
    timeMs,
    packet: null,
    capture: 0,
    record: 0,
    fromClient: sender === 'client',
    flight: '',
    label: `${epoch}:${what}${numbers}`,
    application: many && flight === null && messages.length === 0,
    missing: sequenceNumbers.length,
    datagrams: 0,
    endMs: timeMs,
    bothWays: false,
    encrypted: true,
    lost: true,
  };
}

function fold(lines: readonly Line[]): Line[] {
  const out: Line[] = [];
  for (let i = 0; i < lines.length; ) {
    let end = i;
    while (lines[end]?.application) end++;
    const run = lines.slice(i, end);
    const first = run[0];
    const datagrams = run.reduce((sum, line) => sum + line.datagrams, 0);
    if (first && datagrams > FOLD) {
      const endMs = run.reduce((latest, line) => Math.max(latest, line.endMs), first.endMs);
      const data = run.filter((line) => line.datagrams > 0);
      const bothWays = data.some((line) => line.bothWays || line.fromClient !== data[0]?.fromClient);
      const missing = run.reduce((sum, line) => sum + line.missing, 0);
      const ways = bothWays ? ' both ways' : '';
      const lacks = missing > 0 ? `, ${missing} records missing` : '';
      // All of it has to fit on the arrow.
      const encrypted = data.every((line) => line.encrypted);
      const what = encrypted
        ? 'encrypted datagrams'
        : missing > 0
          ? 'datagrams of data'
          : 'datagrams of application data';
      out.push({
        ...(data[0] ?? first),
        label: `${datagrams} ${what}${ways}, ${((endMs - first.timeMs) / 1000).toFixed(1)} s${lacks}`,
        endMs,
      });
      i = end;
    } else {
      const line = lines[i];
      if (line) out.push(line);
      i++;
    }
  }
  return out;
}

function flightOf({ flight, transmission }: RecordView): string {
  if (flight === null) return '';
  return transmission !== null && transmission > 1 ? `flight ${flight} ↻${transmission}` : `flight ${flight}`;
}

function mark({ mark: m }: RecordView): string {
  if (m === 'duplicate') return '≡ ';
  if (m === 'reordered') return '⇅ ';
  return m === 'retransmission' ? '↻ ' : '';
}

function labelOf(record: RecordView, before: RecordView | null): string {
  const epoch = before?.epoch === record.epoch ? '' : `${record.epoch}:`;
  return epoch + record.contents.map(contentText).join(', ');
}

function contentText(content: Content): string {
  switch (content.kind) {
    case 'handshake':
      return content.fragmentLength === content.length
        ? content.name
        : `${content.name}[${content.fragmentOffset}..${content.fragmentOffset + content.fragmentLength} of ${content.length}]`;
    case 'changeCipherSpec':
      return 'ChangeCipherSpec';
    case 'alert':
      return `alert ${content.level} ${content.description}`;
    case 'ack':
      return `ACK ${content.acknowledged.map(({ epoch, sequenceNumber }) => `${epoch}:${sequenceNumber}`).join(' ')}`.trimEnd();
    case 'applicationData':
      return content.preview === null ? 'application_data' : `application_data ${JSON.stringify(content.preview)}`;
    case 'other':
      return content.name;
    case 'encrypted':
      return `[${content.name}]`;
    case 'malformed':
      return `MALFORMED: ${content.why}`;
  }
}

/** What an association's application data says: each record that could be opened, decoded and searched. */
import { recogniseFormat } from '../application/application.ts';
import { printable, toHex } from '../wire/text.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { bytesOf as contentBytes, contentOf } from './record-content.ts';
import { MARKS, REASONS, SENDERS, STATE } from './record-table.ts';
import type { ClosedReason, Mark, Sender } from './trace.ts';

/** What to leave out. */
export interface DataQuery {
  /** Looked for in the summary, in the text and, where it is made of hex digits, in the bytes. Empty for all. */
  readonly search: string;
  readonly protocol: string | null;
  readonly sender: Sender | null;
}

export interface DataItem {
  readonly record: number;
  readonly packet: number;
  readonly timeMs: number;
  readonly sender: Sender;
  readonly mark: Mark;
  /** As its users call it; "text" or "bytes" for what is no known protocol. */
  readonly protocol: string;
  /** One line. */
  readonly summary: string;
  readonly length: number;
  /** Where the search found it, if the summary does not show it. */
  readonly found: string | null;
}

export interface ApplicationDataView {
  readonly id: string;
  /** The first of those that match, at most `MOST_LISTED`. */
  readonly items: readonly DataItem[];
  readonly matching: number;
  readonly opened: number;
  readonly bytes: number;
  /** Of all that were opened, most frequent first. */
  readonly protocols: readonly { readonly name: string; readonly records: number }[];
  /** Records that stayed closed, and the first of each kind. */
  readonly closed: readonly { readonly reason: ClosedReason; readonly records: number; readonly first: number }[];
}

export const MOST_LISTED = 20_000;
/** Up to so many bytes are kept for the next search; what is beyond is opened again. */
const MOST_KEPT = 32 << 20;
const MOST_TEXT = 200;
const MOST_HEX_BYTES = 32;
const AROUND = 24;

interface Entry extends Omit<DataItem, 'found'> {
  readonly bytes: Uint8Array | null;
}

interface Decoded {
  readonly of: AnalysedAssociation;
  readonly entries: readonly Entry[];
  readonly facts: Pick<ApplicationDataView, 'opened' | 'bytes' | 'protocols' | 'closed'>;
}

/** Keeps what it decoded last: whoever searches one association searches it again. */
export class ApplicationDataReader {
  #last: Decoded | null = null;

  read(trace: AnalysedTrace, association: AnalysedAssociation, query: DataQuery): ApplicationDataView {
    if (this.#last?.of !== association) this.#last = decode(trace, association);
    const { entries, facts } = this.#last;
    const find = finder(query.search);
    const items: DataItem[] = [];
    let matching = 0;
    for (const entry of entries) {
      if (query.protocol !== null && entry.protocol !== query.protocol) continue;
      if (query.sender !== null && entry.sender !== query.sender) continue;
      const { bytes, ...item } = entry;
      const found = find?.(item, () => bytes ?? bytesOf(trace, association, item.record - 1));
      if (found === null) continue;
      matching++;
      if (items.length < MOST_LISTED) items.push({ ...item, found: found || null });
    }
    return { id: association.state.id, items, matching, ...facts };
  }
}

function decode(trace: AnalysedTrace, association: AnalysedAssociation): Decoded {
  const c = trace.records.columns;
  const entries: Entry[] = [];
  const protocols = new Map<string, number>();
  const closed = new Map<ClosedReason, { records: number; first: number }>();
  let kept = 0;
  let total = 0;
  for (const { record } of association.state.applicationRecords) {
    const reason = REASONS[(c.reason[record] ?? 0) - 1];
    if (c.state[record] === STATE.undecryptable && reason) {
      const before = closed.get(reason) ?? { records: 0, first: record + 1 };
      closed.set(reason, { ...before, records: before.records + 1 });
    }
    if (c.state[record] !== STATE.decrypted && c.state[record] !== STATE.plaintext) continue;
    const bytes = bytesOf(trace, association, record);
    const said = summaryOf(bytes);
    total += bytes.length;
    kept += bytes.length;
    protocols.set(said.protocol, (protocols.get(said.protocol) ?? 0) + 1);
    entries.push({
      record: record + 1,
      packet: trace.datagramOf(record).packet,
      timeMs: trace.timeMs(record),
      sender: SENDERS[c.side[record] ?? 0] ?? 'client',
      mark: MARKS[c.mark[record] ?? 0] ?? 'original',
      ...said,
      length: bytes.length,
      bytes: kept <= MOST_KEPT ? bytes : null,
    });
  }
  return {
    of: association,
    entries,
    facts: {
      opened: entries.length,
      bytes: total,
      protocols: [...protocols].map(([name, records]) => ({ name, records })).sort((a, b) => b.records - a.records),
      closed: [...closed].map(([why, count]) => ({ reason: why, ...count })).sort((a, b) => b.records - a.records),
    },
  };
}

function bytesOf(trace: AnalysedTrace, association: AnalysedAssociation, record: number): Uint8Array {
  const content = contentOf(trace, association, record);
  return content ? contentBytes(content) : new Uint8Array();
}

function summaryOf(bytes: Uint8Array): { readonly protocol: string; readonly summary: string } {
  if (bytes.length === 0) return { protocol: 'bytes', summary: 'nothing' };
  const known = recogniseFormat(bytes);
  if (known) return known;
  const text = printable(bytes);
  if (text !== null)
    return { protocol: 'text', summary: text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text };
  const hex = toHex(bytes.subarray(0, MOST_HEX_BYTES));
  return { protocol: 'bytes', summary: bytes.length > MOST_HEX_BYTES ? `${hex}…` : hex };
}

/** Null where it is not there, '' where the summary shows it, else the text or the bytes around it. */
type Find = (item: Pick<DataItem, 'summary' | 'protocol'>, bytes: () => Uint8Array) => string | null;

function finder(search: string): Find | null {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return null;
  const hex = wanted.replace(/^0x|[\s:]/g, '');
  const asHex = hex.length >= 2 && /^[0-9a-f]+$/.test(hex) ? hex : null;
  const decoder = new TextDecoder();
  return (item, read) => {
    if (item.summary.toLowerCase().includes(wanted) || item.protocol.toLowerCase().includes(wanted)) return '';
    const bytes = read();
    const text = decoder.decode(bytes);
    const at = text.toLowerCase().indexOf(wanted);
    if (at >= 0) return excerpt(text, at, wanted.length);
    const there = asHex === null ? -1 : indexInHex(toHex(bytes), asHex);
    return there < 0 || asHex === null ? null : excerpt(toHex(bytes), there, asHex.length);
  };
}

/** Bytes begin at even digits. */
function indexInHex(hex: string, wanted: string): number {
  let at = hex.indexOf(wanted);
  while (at > 0 && at % 2 === 1) at = hex.indexOf(wanted, at + 1);
  return at;
}

function excerpt(text: string, at: number, length: number): string {
  const from = Math.max(0, at - AROUND);
  const to = Math.min(text.length, at + length + AROUND);
  const shown = text.slice(from, to).replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return `${from > 0 ? '…' : ''}${shown}${to < text.length ? '…' : ''}`;
}

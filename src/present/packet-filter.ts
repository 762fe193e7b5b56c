/** The filter box over the packet table: words, and `key:value` terms. Every term has to match. */
import { type RecordLine, STATE_WORDS } from './packet-table.ts';

type Matcher = (line: RecordLine) => boolean;

interface FilterKey {
  readonly key: string;
  readonly example: string;
  readonly matcher: (value: string) => Matcher;
}

const same = (of: (line: RecordLine) => number | null) => (value: string) => {
  const wanted = Number(value);
  return (line: RecordLine) => of(line) === wanted;
};

export const PACKET_FILTER_KEYS: readonly FilterKey[] = [
  { key: 'type', example: 'Finished', matcher: (value) => (line) => line.what.toLowerCase().includes(value) },
  {
    key: 'sender',
    example: 'client',
    matcher:
      (value) =>
      ({ sender }) =>
        sender.startsWith(value),
  },
  { key: 'epoch', example: '1', matcher: same(({ epoch }) => epoch) },
  { key: 'flight', example: '4', matcher: same(({ flight }) => flight) },
  { key: 'mark', example: 'lost', matcher: mark },
  { key: 'state', example: 'closed', matcher: state },
  { key: 'packet', example: '15', matcher: same(({ packetNumber }) => packetNumber) },
  { key: 'record', example: '20', matcher: same(({ record, kind }) => (kind === 'record' ? record : null)) },
];

export function packetFilter(query: string): Matcher {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((term) => term !== '');
  const matchers = terms.map(readTerm);
  return (line) => matchers.every((matches) => matches(line));
}

function readTerm(term: string): Matcher {
  const [, name = '', value = ''] = /^([a-z]+):(.*)$/.exec(term) ?? [];
  const key = PACKET_FILTER_KEYS.find((known) => known.key === name);
  if (!key) return (line) => wordsOf(line).includes(term);
  // Nobody is contradicted in mid-word.
  return value === '' ? () => true : key.matcher(value);
}

/** Also by the words that the table shows: mark:out, mark:no. */
function mark(value: string): Matcher {
  return ({ marks, mark: words }) =>
    marks.some((name) => name.startsWith(value)) || words.toLowerCase().includes(value);
}

function state(value: string): Matcher {
  return (line) => line.state !== null && (line.state.startsWith(value) || STATE_WORDS[line.state].startsWith(value));
}

/** Kept beside the line, since each key press asks for it again. */
const searched = new WeakMap<RecordLine, string>();

function wordsOf(line: RecordLine): string {
  const kept = searched.get(line);
  if (kept !== undefined) return kept;
  const { what, note, packet, time, number, sender, mark: words, elsewhere } = line;
  const text = [what, note, packet, time, number, sender, words, elsewhere].join(' ').toLowerCase();
  searched.set(line, text);
  return text;
}

/**
 * The place that the address names: `#sample=reboot~a2.r17.vt` is association 2, record 17, as a table; before `~` may
 * also stand the head of a link that carries a trace (`1d.…`) or names one (see share/link.ts). After `~` come words of one letter and a value, divided by dots; what a reader left out or misspelled has its usual value. Fragments
 * are never sent to a server.
 */
import type { BufferId } from '../wire/reader.ts';
import { SORT_KEYS, type SortKey } from './association-columns.ts';

export interface ViewAddress {
  /** "a2". */
  readonly association: string | null;
  readonly record: number | null;
  /** "2.0.1", see field-tree.ts. */
  readonly field: string | null;
  readonly buffer: BufferId;
  /** Key of the open finding; '' for none, null for the headline. */
  readonly finding: string | null;
  readonly view: 'sequence' | 'table' | 'data' | 'statistics';
  readonly side: 'findings' | 'facts' | 'notes';
  readonly scale: 'folded' | 'linear';
  readonly axis: 'magnified' | 'linear';
  readonly filter: string;
  readonly sort: { readonly key: SortKey; readonly descending: boolean };
}

export interface Address {
  readonly sample: string | null;
  /** What a link to a shared trace has before its place. */
  readonly link: string | null;
  readonly view: ViewAddress;
}

export const USUAL_VIEW: ViewAddress = {
  association: null,
  record: null,
  field: null,
  buffer: 'packet',
  finding: null,
  view: 'sequence',
  side: 'findings',
  scale: 'folded',
  axis: 'magnified',
  filter: '',
  sort: { key: 'order', descending: false },
};

const VIEWS = { s: 'sequence', t: 'table', d: 'data', n: 'statistics' } as const;
const LONGEST_FILTER = 300;

/** One letter of the address: what it writes, null for the usual value; and what it reads, null for nonsense. */
interface Word {
  readonly letter: string;
  readonly write: (v: ViewAddress) => string | null;
  readonly read: (value: string) => Partial<ViewAddress> | null;
}

const WORDS: readonly Word[] = [
  {
    letter: 'a',
    write: ({ association }) => association && (/^a(\d+)$/.exec(association)?.[1] ?? null),
    read: (value) => (isCount(value) ? { association: `a${Number(value)}` } : null),
  },
  {
    letter: 'r',
    write: ({ record }) => (record === null ? null : String(record)),
    read: (value) => (isCount(value) ? { record: Number(value) } : null),
  },
  {
    letter: 'f',
    write: ({ field }) => (field === null ? null : field.replaceAll('.', '-')),
    read: (value) => (/^\d{1,5}(-\d{1,5}){0,31}$/.test(value) ? { field: value.replaceAll('-', '.') } : null),
  },
  {
    letter: 'b',
    write: ({ buffer }) => (buffer === 'packet' ? null : buffer),
    read: (value) => (isBuffer(value) ? { buffer: value } : null),
  },
  {
    letter: 'o',
    write: ({ finding }) => finding,
    read: (value) => (value.length <= LONGEST_FILTER ? { finding: value } : null),
  },
  {
    letter: 'v',
    write: ({ view }) => (view === 'sequence' ? null : letterOf(view)),
    read: (value) => (isViewLetter(value) ? { view: VIEWS[value] } : null),
  },
  {
    letter: 's',
    write: ({ side }) => (side === 'findings' ? null : side),
    read: (value) => (value === 'facts' || value === 'findings' || value === 'notes' ? { side: value } : null),
  },
  {
    letter: 'c',
    write: ({ scale }) => (scale === 'linear' ? scale : null),
    read: (value) => (value === 'linear' || value === 'folded' ? { scale: value } : null),
  },
  {
    letter: 'x',
    write: ({ axis }) => (axis === 'linear' ? axis : null),
    read: (value) => (value === 'linear' || value === 'magnified' ? { axis: value } : null),
  },
  {
    letter: 'q',
    write: ({ filter }) => filter.slice(0, LONGEST_FILTER) || null,
    read: (value) => (value.length <= LONGEST_FILTER ? { filter: value } : null),
  },
  {
    letter: 'z',
    write: ({ sort: { key, descending } }) =>
      key === 'order' && !descending ? null : `${key}${descending ? '-down' : ''}`,
    read: (value) => {
      const [, key = '', down] = /^([a-z]+?)(-down)?$/.exec(value) ?? [];
      return isSortKey(key) ? { sort: { key, descending: down !== undefined } } : null;
    },
  },
];

/** "#sample=reboot~a2.r17"; "" for the start screen. */
export function writeAddress({ sample, link, view }: Address): string {
  const words = WORDS.flatMap(({ letter, write }) => {
    const value = write(view);
    return value === null ? [] : [letter + escaped(value)];
  });
  const place = words.length === 0 ? '' : `~${words.join('.')}`;
  const head = link ?? (sample === null ? '' : `sample=${sample}`);
  return head + place === '' ? '' : `#${head}${place}`;
}

/** Never throws: what cannot be understood is left out. */
export function readAddress(hash: string): Address {
  const [, head = '', words = ''] = /^#?([^~]*)(?:~(.*))?$/s.exec(hash) ?? [];
  const sample = /^sample=([\w-][\w.-]{0,99})$/.exec(head)?.[1] ?? null;
  let view = USUAL_VIEW;
  for (const text of words.split('.')) {
    const word = WORDS.find(({ letter }) => letter === text[0]);
    const value = unescaped(text.slice(1));
    const read = word && value !== null ? word.read(value) : null;
    if (read) view = { ...view, ...read };
  }
  return { sample, link: LINK.test(head) ? head : null, view };
}

/** Any version: what is newer than this page shall be told so. */
const LINK = /^\d{1,3}(ds?|r|ss?)\.[\w.-]*$/;

/** The fragment of a text that is nothing but a link to a shared trace, with or without an address before it. */
export function linkIn(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '' || /\s/.test(trimmed)) return null;
  const fragment = trimmed.slice(trimmed.indexOf('#') + 1);
  return readAddress(fragment).link === null ? null : `#${fragment}`;
}

export interface LinkNumbers {
  readonly associations: readonly (readonly [open: string, shared: string])[];
  readonly records: readonly (readonly [open: number, shared: number])[];
}

/** The place as the shared trace counts: what it does not hold is no part of it. */
export function placeInLink(view: ViewAddress, { associations, records }: LinkNumbers): ViewAddress {
  const association = associations.find(([open]) => open === view.association)?.[1] ?? null;
  const record = records.find(([open]) => open === view.record)?.[1] ?? null;
  const there = association !== null && record !== null;
  return {
    ...view,
    association,
    record: there ? record : null,
    field: there ? view.field : null,
    buffer: there ? view.buffer : USUAL_VIEW.buffer,
    finding: association === null ? null : view.finding,
    // They speak of all associations, or of words that may have been left out.
    filter: '',
    sort: USUAL_VIEW.sort,
  };
}

/** "association 2, record 17"; null where the address names no place within a trace. */
export function placeInWords({ association, record }: ViewAddress): string | null {
  const parts = [
    ...(association === null ? [] : [`association ${association.slice(1)}`]),
    ...(record === null ? [] : [`record ${record}`]),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}

function isCount(value: string): boolean {
  return /^[1-9]\d{0,8}$/.test(value);
}

function isBuffer(value: string): value is BufferId {
  return /^(packet|plaintext|message(-\d{1,3})?)$/.test(value);
}

function isViewLetter(value: string): value is keyof typeof VIEWS {
  return Object.hasOwn(VIEWS, value);
}

function letterOf(view: ViewAddress['view']): string {
  return Object.entries(VIEWS).find(([, name]) => name === view)?.[0] ?? 's';
}

function isSortKey(key: string): key is SortKey {
  return (SORT_KEYS as readonly string[]).includes(key);
}

/** Spaces become underscores, so that filters can be read; whatever divides words or ends links is written in hex. */
function escaped(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
    .replace(/[_.~!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '_')
    .replaceAll('%3A', ':');
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('_', '%20'));
  } catch {
    return null;
  }
}

/** The note that is being written, and what it takes to be another one. */
import type { Anchor, Judgement, Note, NoteShape } from '../../share/notes.ts';

/** The note that is being written. */
export interface Draft {
  /** What is changed; null for a new note. */
  readonly was: Note | null;
  readonly anchor: Anchor;
  /** What else the note could be on. */
  readonly anchors: readonly Anchor[];
  readonly to: Anchor | null;
  readonly text: string;
  readonly shape: NoteShape;
  readonly judgement: Judgement | null;
  /** The reader pressed Esc although something is written. */
  readonly asking: boolean;
}

export function isChanged({ was, text, shape, to, anchor }: Draft): boolean {
  if (!was) return text.trim() !== '';
  return text !== was.text || shape !== was.shape || to !== was.to || anchor !== was.anchor;
}

export function isSameAnchor(a: Anchor, b: Anchor): boolean {
  return JSON.stringify(a, ANCHOR_FIELDS) === JSON.stringify(b, ANCHOR_FIELDS);
}

const ANCHOR_FIELDS = [
  ...['on', 'at', 'capture', 'packet', 'record', 'buffer', 'from', 'to', 'flight', 'transmission'],
  ...['name', 'fromMs', 'toMs', 'rule'],
];

/** Letters and digits that nobody else has. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(14)), (byte) => (byte % 36).toString(36)).join('');
}

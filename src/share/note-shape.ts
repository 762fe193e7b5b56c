/** Notes from JSON of unknown origin. */
import { type Anchor, MAX_AUTHOR_LENGTH, MAX_NOTE_LENGTH, MAX_NOTES, type Note, type RecordPlace } from './notes.ts';
import { finite, list, oneOf, orNull, type Read, record, text, whole } from './shape.ts';
import { Damaged } from './varint.ts';

const NUMBER = whole(0, Number.MAX_SAFE_INTEGER);

const place: Read<RecordPlace> = record<RecordPlace>({
  capture: whole(0, 65_535),
  packet: NUMBER,
  record: whole(1, 65_535),
});

const ANCHORS: { readonly [On in Anchor['on']]: Read<Extract<Anchor, { readonly on: On }>> } = {
  record: record({ on: oneOf('record'), at: place }),
  bytes: record({ on: oneOf('bytes'), at: place, buffer: text(32), from: NUMBER, to: NUMBER }),
  flight: record({ on: oneOf('flight'), at: place, flight: NUMBER, transmission: NUMBER }),
  message: record({ on: oneOf('message'), at: place, name: text(80) }),
  time: record({ on: oneOf('time'), at: place, fromMs: finite, toMs: finite }),
  finding: record({ on: oneOf('finding'), at: orNull(place), rule: text(80) }),
  trace: record({ on: oneOf('trace') }),
};

const anchor: Read<Anchor> = (value) => {
  const { on } = record({ on: text(16) })(value);
  const found = Object.entries(ANCHORS).find(([name]) => name === on);
  if (!found) throw new Damaged('has a note on something unknown');
  return found[1](value);
};

/** Throws `Damaged`. */
export const readNote: Read<Note> = record<Note>({
  id: (value) => {
    const id = text(40)(value);
    if (!/^[A-Za-z0-9_-]+$/.test(id)) throw new Damaged('has a note without a name');
    return id;
  },
  anchor,
  to: orNull(anchor),
  text: text(MAX_NOTE_LENGTH),
  shape: oneOf('square', 'circle', 'triangle', 'star'),
  judgement: orNull(oneOf('confirmed', 'rejected')),
  author: text(MAX_AUTHOR_LENGTH),
});

/** Throws `Damaged`. */
export const readNotes: Read<readonly Note[]> = list(readNote, MAX_NOTES);

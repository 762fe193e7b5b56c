/** What happens to notes: written, changed, ordered, judged, kept from others, and all of it back and forth. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Anchor, Note } from '../../share/notes.ts';
import { revised } from '../../share/notes-book.ts';
import { FULL, type NotesSlice, notesSlice, notesToShare } from './notes.ts';

let store: StoreApi<NotesSlice>;
beforeEach(() => {
  store = createStore<NotesSlice>()((...with_) => notesSlice(...with_));
});

const state = () => store.getState();
const texts = () => state().notes.map(({ text }) => text);
const on = (packet: number): Anchor => ({ on: 'record', at: { capture: 0, packet, record: 1 } });
const finding: Anchor = { on: 'finding', at: { capture: 0, packet: 2, record: 1 }, rule: 'wrong-psk' };

function write(text: string, anchor: Anchor = on(1)): void {
  state().startNote([anchor]);
  state().writeNote({ text });
  expect(state().saveDraft()).toBeNull();
}

function foreignNote(id: string, text: string): Note {
  return { id, anchor: on(3), to: null, text, shape: 'circle', judgement: null, author: 'Ann' };
}

describe('the editor', () => {
  test('a note is saved with author, sign and place; nothing is saved without text', () => {
    state().setAuthor(' Me ');
    state().startNote([on(1), { on: 'trace' }]);
    expect(state().saveDraft()).toContain('no text');
    state().writeNote({ text: 'one\r\ntwo  ', shape: 'star', anchor: { on: 'trace' }, to: on(4) });
    expect(state().saveDraft()).toBeNull();
    expect(state().draft).toBeNull();
    expect(state().notes).toEqual([
      {
        id: expect.stringMatching(/^[a-z0-9]{14}$/),
        anchor: { on: 'trace' },
        to: on(4),
        text: 'one\ntwo',
        shape: 'star',
        judgement: null,
        author: 'Me',
      },
    ]);
  });

  test('leaving asks only where something would be lost', () => {
    state().startNote([on(1)]);
    state().leaveDraft();
    expect(state().draft).toBeNull();
    state().startNote([on(1)]);
    state().writeNote({ text: 'x' });
    state().leaveDraft();
    expect(state().draft).toMatchObject({ text: 'x', asking: true });
    state().writeNote({});
    expect(state().draft?.asking).toBe(false);
    state().leaveDraft();
    state().leaveDraft();
    expect(state().draft).toBeNull();
    write('kept');
    const [note] = state().notes;
    if (note) state().editNote(note);
    state().leaveDraft();
    expect(state().draft).toBeNull();
  });

  test('who begins another note loses nothing of the one before', () => {
    state().startNote([on(1)]);
    state().writeNote({ text: 'unfinished' });
    state().startNote([on(2)]);
    expect(texts()).toEqual(['unfinished']);
    expect(state().draft).toMatchObject({ text: '', anchor: on(2) });
  });

  test('changing keeps id and place in the order', () => {
    write('a');
    write('b');
    const [a] = state().notes;
    if (!a) throw new Error('no note');
    state().editNote(a);
    state().writeNote({ text: 'A' });
    state().saveDraft();
    expect(texts()).toEqual(['A', 'b']);
    expect(state().notes[0]?.id).toBe(a.id);
  });

  test('the 501st note is refused with a sentence', () => {
    state().changeNotes(() => Array.from({ length: 500 }, (_, i) => foreignNote(`n${i}`, '')));
    state().startNote([on(1)]);
    state().writeNote({ text: 'x' });
    expect(state().saveDraft()).toBe(FULL);
    expect(state().judge(finding, 'confirmed')).toBe(FULL);
    expect(state().draft?.text).toBe('x');
  });
});

describe('undo and redo', () => {
  test('go through everything that was done to notes', () => {
    write('a');
    write('b');
    state().moveNote(state().notes[1]?.id ?? '', -1);
    state().deleteNote(state().notes[1]?.id ?? '');
    state().judge(finding, 'confirmed');
    const steps = [['b', ''], ['b'], ['b', 'a'], ['a', 'b'], ['a'], []];
    for (const [i, expected] of steps.entries()) {
      expect(texts()).toEqual(expected);
      expect(state().undoNotes()).toBe(i < steps.length - 1);
    }
    for (const expected of steps.toReversed().slice(1)) {
      expect(state().redoNotes()).toBe(true);
      expect(texts()).toEqual(expected);
    }
    expect(state().redoNotes()).toBe(false);
  });

  test('something new ends what could be done again; at most 100 steps are kept', () => {
    write('a');
    state().undoNotes();
    write('b');
    expect(state().redoNotes()).toBe(false);
    for (let i = 0; i < 150; i++) state().moveNote('nobody', 1);
    for (let i = 0; i < 150; i++) write(`${i}`);
    let steps = 0;
    while (state().undoNotes()) steps++;
    expect(steps).toBe(100);
  });

  test('what another window wrote meanwhile is not undone', () => {
    write('mine');
    state().mergeBook(revised(new Map(), [foreignNote('other', 'from the other window')]));
    state().undoNotes();
    expect(texts()).toEqual(['from the other window']);
  });
});

describe('judgements', () => {
  test('one for each finding; taken back it leaves nothing, unless there is a reason to keep', () => {
    state().judge(finding, 'confirmed');
    state().judge(finding, 'rejected');
    expect(state().notes.map(({ judgement }) => judgement)).toEqual(['rejected']);
    state().judge(finding, null);
    expect(state().notes).toEqual([]);
    state().startNote([finding], 'rejected');
    expect(state().saveDraft()).toContain('no text');
    state().writeNote({ text: 'The key was right' });
    state().saveDraft();
    state().judge(finding, null);
    expect(state().notes).toMatchObject([{ judgement: null, text: 'The key was right' }]);
  });
});

describe('notes of others', () => {
  test('stay apart until they are kept, and then replace nothing', () => {
    write('mine');
    const own = state().notes[0];
    if (!own) throw new Error('no note');
    state().addForeign({ from: 'the link', notes: [{ ...foreignNote(own.id, 'theirs') }, foreignNote('x', 'second')] });
    expect(texts()).toEqual(['mine']);
    expect(notesToShare(state())).toHaveLength(1);
    expect(state().keepForeign('the link')).toBeNull();
    expect(texts()).toEqual(['mine', 'theirs', 'second']);
    expect(new Set(state().notes.map(({ id }) => id)).size).toBe(3);
    expect(state().foreign).toEqual([]);
    state().undoNotes();
    expect(texts()).toEqual(['mine']);
  });

  test('those that are the same already are not kept twice', () => {
    write('mine');
    expect(state().addForeign({ from: 'a.json', notes: state().notes })).toBe(0);
    expect(state().foreign).toEqual([]);
    state().addForeign({ from: 'the link', notes: [foreignNote('x', 'theirs')] });
    state().mergeBook(revised(new Map(), [foreignNote('x', 'kept long ago')]));
    expect(state().foreign).toEqual([]);
    expect(texts().toSorted()).toEqual(['kept long ago', 'mine']);
  });

  test('two files that use the same names stay apart', () => {
    state().addForeign({ from: 'a.json', notes: [foreignNote('x', 'one')] });
    state().addForeign({ from: 'b.json', notes: [foreignNote('x', 'other'), foreignNote('x', 'third')] });
    const ids = state().foreign.flatMap(({ notes }) => notes.map(({ id }) => id));
    expect(new Set(ids).size).toBe(3);
  });

  test('more than there is room for is refused with a sentence', () => {
    write('mine');
    state().addForeign({ from: 'a.json', notes: Array.from({ length: 500 }, (_, i) => foreignNote(`f${i}`, 'x')) });
    expect(state().keepForeign('a.json')).toContain('room for 499 more, not for 500');
    expect(texts()).toEqual(['mine']);
    expect(state().foreign).toHaveLength(1);
  });
});

test('bytes below a record leave as a note on the record: headers of the packet are not shared', () => {
  const at = { capture: 0, packet: 1, record: 1 };
  write('mac', { on: 'bytes', at, buffer: 'packet', from: 0, to: 6 });
  write('type', { on: 'bytes', at, buffer: 'record', from: 0, to: 1 });
  expect(notesToShare(state()).map(({ anchor }) => anchor)).toEqual([
    { on: 'record', at },
    { on: 'bytes', at, buffer: 'record', from: 0, to: 1 },
  ]);
});

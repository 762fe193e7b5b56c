/**
 * Keeps the address, browser history and the state in step. Moving to another place (another trace, association or
 * view, or a leap) adds an entry to history; whatever else changes rewrites the entry that is there. The files behind
 * the entries stay in the tab's memory, so that going back to another file opens it again.
 */
import { placeInLink, readAddress, USUAL_VIEW, type ViewAddress, writeAddress } from '../present/view-address.ts';
import type { InputFile } from '../worker/protocol.ts';
import type { Controller } from './controller.ts';
import { digestOf } from './links.ts';
import { sameCaptures } from './same.ts';
import { hasCapture } from './store/selectors.ts';
import type { State, Store } from './store/store.ts';

/** Browsers slow pages down that rewrite their address more often. */
const REWRITE_EVERY_MS = 500;
/** Moves of one kind that follow each other so fast come from a key that is held down: one entry for all. */
const ONE_MOVE_MS = 120;
/** Rewriting a longer address takes too long for every step: its place stays as it was opened. */
const LONGEST_REWRITTEN = 40_000;

interface FileSet {
  readonly files: readonly InputFile[];
  readonly sample: string | null;
  /** Head of the link that brought them. */
  readonly link: string | null;
}

/** What is used of the browser, so that tests can stand in for it. */
export interface Browsing {
  readonly history: Pick<History, 'pushState' | 'replaceState' | 'state'>;
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly now: () => number;
  readonly later: (work: () => void, ms: number) => void;
}

interface Written {
  readonly hash: string;
  readonly url: string;
  /** Id of the file set. */
  readonly set: string | null;
}

export interface AddressBar {
  /** The reader, or history, has come to another address. */
  follow(): void;
  /** Writes what is due: the page is about to be left. */
  flush(): void;
}

export function connectAddress(
  store: Store,
  page: Pick<Controller, 'open' | 'openLink' | 'need' | 'close' | 'show'>,
  openSample: (id: string) => void,
  { history, location, now, later }: Browsing,
): AddressBar {
  const sets = new Map<string, FileSet>();
  /** Of what is open, and what the entry of history will hold once it is open. */
  let current: string | null = null;
  let awaited: string | null = null;
  let following = false;
  /** The state that the current entry will name: put into words only when it is written. */
  let due: State | null = null;
  let waiting = false;
  let rewrittenAt = Number.NEGATIVE_INFINITY;
  let movedAt = Number.NEGATIVE_INFINITY;
  let lastMove: Move | null = null;
  let newest = 0;

  store.subscribe((state, before) => {
    if (state.trace !== before.trace) traceChanged(state, before);
    // Who copied a link is told that the address bar keeps it.
    else if (state.link !== before.link) rewriteNow();
    // A link came to nothing: the address says again what is open.
    else if (before.wanted !== null && state.wanted === null) rewriteSoon();
    else if (!hasCapture(state) || WATCHED.every((key) => state[key] === before[key])) return;
    else {
      const kind = moveOf(state, before);
      if (kind !== null && !following) move(kind);
      else rewriteSoon();
    }
  });

  function traceChanged(state: State, before: State): void {
    const { files, sample, trace } = state;
    const link = state.link?.numbers === null ? state.link.head : null;
    if (sameCaptures(before.trace, trace) && state.shared?.id === before.shared?.id) {
      // Keys that were added belong to the files; keys that were forgotten are forgotten in all of history.
      if (before.trace.keys.secrets.length > 0 && trace.keys.secrets.length === 0) sets.clear();
      if (current !== null) sets.set(current, { files, sample, link });
      rewriteSoon();
      return;
    }
    const returning = before.wanted === null ? null : awaited;
    awaited = null;
    current = hasCapture(state) ? (returning ?? newId()) : null;
    if (current !== null) sets.set(current, { files, sample, link });
    if (following || returning !== null) rewriteSoon();
    else move('files');
  }

  function newId(): string {
    return `${now()}-${++newest}`;
  }

  function move(kind: Move): void {
    const held = kind === lastMove && now() - movedAt < ONE_MOVE_MS;
    movedAt = now();
    lastMove = kind;
    if (held) {
      rewriteSoon();
      return;
    }
    flush();
    const { url, set } = written(store.getState());
    history.pushState({ set }, '', url);
    rewrittenAt = Number.NEGATIVE_INFINITY;
  }

  function rewriteSoon(): void {
    // Without a capture the address may name what the reader still has to open.
    if (!hasCapture(store.getState())) return;
    due = store.getState();
    if (waiting) return;
    waiting = true;
    later(
      () => {
        waiting = false;
        flush();
      },
      Math.max(0, rewrittenAt + REWRITE_EVERY_MS - now()),
    );
  }

  function rewriteNow(): void {
    if (!hasCapture(store.getState())) return;
    due = store.getState();
    flush();
  }

  function flush(): void {
    if (due === null) return;
    const { hash, url, set } = written(due);
    due = null;
    if (hash === location.hash && setOf(history.state) === set) return;
    if (isTooLong(hash) && headOf(hash) === headOf(location.hash) && setOf(history.state) === set) return;
    history.replaceState({ set }, '', url);
    rewrittenAt = now();
  }

  function written(state: State): Written {
    const { sample, link } = state;
    const view = link?.numbers ? placeInLink(viewOf(state), link.numbers) : viewOf(state);
    const hash = hasCapture(state) ? writeAddress({ sample, link: link?.head ?? null, view }) : '';
    return { hash, url: hash || location.pathname + location.search, set: current };
  }

  function follow(): void {
    // What was still to be written belongs to the entry that has been left.
    due = null;
    following = true;
    try {
      restore(setOf(history.state));
    } finally {
      following = false;
    }
  }

  function restore(set: string | null): void {
    const { hash } = location;
    const { sample, link, view } = readAddress(hash);
    const state = store.getState();
    // An address that was typed belongs to what is open, unless it names another sample or a trace of its own.
    const carried = state.link?.numbers === null ? state.link.head : null;
    const typedHere = hash !== '' && (link === null ? sample === null || sample === state.sample : link === carried);
    if (hasCapture(state) && (set === null ? typedHere : set === current)) {
      page.show(view);
      return;
    }
    const kept = set === null ? undefined : sets.get(set);
    awaited = set ?? newId();
    const digest = link === null ? null : digestOf(link);
    if (link !== null && digest !== null && !kept) {
      page.need({ link, digest, view });
      return;
    }
    store.setState({ wanted: hash === '' && !kept ? null : view, needed: null });
    if (kept) page.open(kept.files, false, kept.sample, kept.link);
    else if (link !== null) page.openLink(link, view);
    else if (sample !== null) openSample(sample);
    else if (hasCapture(state)) page.close();
  }

  return { follow, flush };
}

const WATCHED = [
  'association',
  'record',
  'field',
  'buffer',
  'finding',
  'view',
  'side',
  'scale',
  'axis',
  'filter',
  'sort',
  'jumps',
] as const satisfies readonly (keyof State)[];

type Move = 'files' | 'association' | 'view' | 'jump';

function moveOf(state: State, before: State): Move | null {
  const elsewhere = before.association !== null && state.association !== null;
  if (elsewhere && state.association !== before.association) return 'association';
  // The view that the address named comes with its place.
  if (before.wanted === null && state.view !== before.view) return 'view';
  return state.jumps === before.jumps ? null : 'jump';
}

function viewOf(state: State): ViewAddress {
  const { association, record, field, buffer, finding, view, side, scale, axis, filter, sort } = state;
  return { ...USUAL_VIEW, association, record, field, buffer, finding, view, side, scale, axis, filter, sort };
}

const isTooLong = (hash: string): boolean => hash.length > LONGEST_REWRITTEN;
const headOf = (hash: string): string => hash.split('~', 1)[0] ?? '';

function setOf(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('set' in state)) return null;
  return typeof state.set === 'string' ? state.set : null;
}

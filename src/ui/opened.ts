/** What becomes of the page when something was opened: what stays as it was, and where the reader is then. */
import type { ListedTrace } from '../analysis/listed-association.ts';
import type { Analysis } from '../worker/client.ts';
import type { SharedFacts, SharingAnswer, SharingQuestion } from '../worker/sharing-protocol.ts';
import type { Opening } from './changes.ts';
import { sameRow } from './early.ts';
import { firstToLookAt } from './first-look.ts';
import { OTHER_CAPTURE } from './links.ts';
import type { Arriving, Navigation } from './navigation.ts';
import { sameAssociation, sameCaptures } from './same.ts';
import type { NeededCapture } from './store/share.ts';
import type { Store } from './store/store.ts';

export interface Opened {
  show(trace: ListedTrace, opened: Opening, shared: SharedFacts | null): void;
  /** Shows a place in a capture that the link does not carry: at once, or when that capture is opened. */
  need(needed: NeededCapture): void;
}

export function createOpened(
  store: Store,
  analysis: Analysis,
  navigation: Navigation & { readonly arriving: Arriving },
  sharing: (question: SharingQuestion) => Promise<SharingAnswer | null>,
): Opened {
  const { getState: get, setState: set } = store;

  function show(trace: ListedTrace, opened: Opening, shared: SharedFacts | null): void {
    const {
      association,
      record,
      files,
      sample,
      link,
      trace: before,
      shared: sharedBefore,
      locked,
      wanted,
      awaited,
    } = get();
    const sameTrace = shared?.id === sharedBefore?.id;
    const kept = sameTrace && sameCaptures(before, trace);
    // A place that a link names is gone to even where its trace is open already.
    const asked = awaited && sameRow(awaited, trace);
    const same = sameTrace && opened.link === null && !asked ? sameAssociation(before, trace, association) : null;
    const first = firstToLookAt(trace.associations);
    navigation.arriving.renumbered(same !== null);
    set({
      trace,
      srtp: null,
      data: null,
      // Keys alone do not make another trace of a sample.
      sample: kept ? sample : opened.sample,
      shared,
      link: opened.link !== null ? { head: opened.link, numbers: null } : kept ? link : null,
      files: [...files, ...opened.files].filter(({ name }) => name === shared?.file || mentions(trace, name)),
      locked: locked.filter(({ file }) => !mentions(trace, file.name)),
      // What the address names is looked for once, and not where there is nothing.
      wanted: asked || (trace.captures.length > 0 && !first) ? null : wanted,
      awaited: null,
      ...(same
        ? { association: same.id }
        : { association: null, record: null, field: null, detail: null, recordDetail: null, alone: null, filter: '' }),
    });
    if (same) {
      analysis.association(same.id, record);
      if (record !== null) analysis.record(record);
    } else if (asked) navigation.selectAssociation(asked.id);
    else if (wanted && first) navigation.show(wanted);
    else if (first) navigation.selectAssociation(first.id);
    if (shared && !sameTrace && shared.notes.length > 0)
      get().addForeign({ from: shared.from === 'file' ? shared.file : 'the link', notes: shared.notes });
    const { needed } = get();
    if (needed && !kept && trace.captures.length > 0) void compare(needed);
  }

  function need(needed: NeededCapture): void {
    set({ needed, wanted: null });
    if (get().trace.captures.length > 0) void compare(needed);
  }

  /** Whether what is open is what the link was made for. */
  async function compare(needed: NeededCapture): Promise<boolean> {
    const answer = await sharing({ ask: 'digest' });
    if (get().needed !== needed) return false;
    if (answer?.kind !== 'digest' || answer.digest !== needed.digest) {
      get().notify(OTHER_CAPTURE);
      return false;
    }
    set({ needed: null, link: { head: needed.link, numbers: null } });
    navigation.show(needed.view);
    return true;
  }

  return { show, need };
}

function mentions({ captures, keys }: ListedTrace, name: string): boolean {
  return (
    captures.some((capture) => capture.name === name) ||
    [...keys.secrets, ...keys.problems].some(({ source }) => source === name || source.startsWith(`${name}:`))
  );
}

/** The dialog's questions to the worker: first what a recipient sees, then what each other choice would add. */
import { useEffect, useState } from 'react';
import type { ShareChoices } from '../../../share/choices.ts';
import type { SharePreview, ShareSize } from '../../../worker/sharing-protocol.ts';
import { page } from '../../page.ts';
import { requestOf } from '../../sharing.ts';

export interface Alternative {
  readonly id: string;
  readonly choices: ShareChoices;
}

export interface Shared {
  /** Of the choices before the last one while the next is worked out. */
  readonly preview: SharePreview | null;
  /** It is that of the choices as they are. */
  readonly current: boolean;
  readonly sizes: Readonly<Record<string, ShareSize>>;
  readonly failure: string | null;
}

interface Known extends Omit<Shared, 'current'> {
  /** What it was worked out for. */
  readonly of: ShareChoices | null;
}

const NOTHING: Known = { preview: null, of: null, sizes: {}, failure: null };
/** Typing a title asks once. */
const REST_MS = 120;

export function useShared(choices: ShareChoices, association: string | null, others: readonly Alternative[]): Shared {
  const [shared, setShared] = useState(NOTHING);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the others follow from the choices
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => void ask(stop.signal), REST_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };

    async function ask(signal: AbortSignal): Promise<void> {
      const answer = await page.sharing({ ask: 'preview', request: requestOf(choices), association }, signal);
      if (signal.aborted || !answer) return;
      if (answer.kind !== 'preview') {
        setShared({ ...NOTHING, failure: answer.kind === 'failed' ? answer.message : null });
        return;
      }
      setShared({ preview: answer.preview, of: choices, sizes: {}, failure: null });
      for (const other of others) {
        const measured = await page.sharing({ ask: 'size', request: requestOf(other.choices) }, signal);
        if (signal.aborted) return;
        if (measured?.kind === 'size')
          setShared((now) => ({ ...now, sizes: { ...now.sizes, [other.id]: measured.size } }));
      }
    }
  }, [choices, association]);
  return { ...shared, current: shared.of === choices };
}

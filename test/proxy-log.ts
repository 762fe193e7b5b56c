/** What the proxy between the two captures of a run did, by its own log: samples/corpus/truth/, or the manifest alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KnownCapture, SAMPLES } from './captures.ts';

export type Way = 'c2s' | 's2c';

/** One datagram that came to the proxy. */
export interface Handled {
  readonly way: Way;
  /** Counted in its direction, from 1. */
  readonly n: number;
  readonly length: number;
  /** `drop`, `dup`, `hold`, `corrupt` …; null where it was passed on. */
  readonly action: string | null;
  /** How many datagrams left the proxy for it. */
  left: number;
}

interface Line {
  readonly ep?: string;
  readonly ev?: string;
  readonly event?: string;
  readonly action?: string;
  readonly why?: string;
  readonly dir?: Way;
  readonly n?: number;
  readonly len?: number;
}

/** Null where the run has no log. */
export function proxyLog({ log }: KnownCapture): Handled[] | null {
  if (log === undefined) return null;
  const lines = readFileSync(join(SAMPLES, 'corpus/truth', log), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
  return log.endsWith('.impair.jsonl') ? ofImpair(lines) : ofTruth(lines);
}

/** A line for each datagram, with what was done to it; held and delayed ones leave later. */
function ofImpair(lines: readonly Line[]): Handled[] {
  const handled: Handled[] = [];
  const left: Readonly<Record<string, number>> = { drop: 0, hold: 0, delay: 0, dup: 2 };
  for (const { action, event, why, dir, n, len } of lines) {
    if (dir === undefined || len === undefined) continue;
    if (event === 'release') {
      const number = n ?? Number(/n=(\d+)/.exec(why ?? '')?.[1]);
      const held = handled.find((h) => h.way === dir && h.n === number);
      if (held) held.left++;
    } else if (action !== undefined && n !== undefined) {
      const what = action === 'pass' ? null : action;
      handled.push({ way: dir, n, length: len, action: what, left: left[action] ?? 1 });
    }
  }
  return handled;
}

/** `in`, then perhaps `action`, and `fwd` for each datagram that leaves. */
function ofTruth(lines: readonly Line[]): Handled[] {
  const handled = new Map<string, Handled>();
  for (const { ep, ev, action, dir, n, len } of lines) {
    if (ep !== 'proxy' || dir === undefined || n === undefined || len === undefined) continue;
    const key = `${dir} ${n}`;
    const before = handled.get(key);
    if (ev === 'in') handled.set(key, { way: dir, n, length: len, action: null, left: 0 });
    else if (ev === 'action' && before && action !== undefined) handled.set(key, { ...before, action });
    else if (ev === 'fwd' && before) before.left++;
  }
  return [...handled.values()];
}

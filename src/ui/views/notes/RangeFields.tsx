/** From and to of a note on a stretch of time, in ms since the association's first record, or on bytes. */
import type { Anchor } from '../../../share/notes.ts';
import { useStore } from '../../store/store.ts';

type Ranged = Extract<Anchor, { readonly on: 'time' | 'bytes' }>;

export function RangeFields({ anchor }: { readonly anchor: Ranged }) {
  const since = useStore((s) => s.detail?.association.startMs ?? 0);
  const write = useStore((s) => s.writeNote);
  const typed = (label: string, value: number, change: (value: number) => Anchor) => (
    <input
      type="number"
      step={anchor.on === 'time' ? 'any' : 1}
      min={anchor.on === 'time' ? undefined : 0}
      aria-label={label}
      value={value}
      onChange={(e) => {
        const number = e.currentTarget.valueAsNumber;
        if (Number.isFinite(number)) write({ anchor: change(number) });
      }}
    />
  );
  if (anchor.on === 'time') {
    const shown = (ms: number) => Number((ms - since).toFixed(3));
    return (
      <span className="note-range">
        {typed('From, in ms', shown(anchor.fromMs), (ms) => ({ ...anchor, fromMs: ms + since }))} to{' '}
        {typed('To, in ms', shown(anchor.toMs), (ms) => ({ ...anchor, toMs: ms + since }))} ms
      </span>
    );
  }
  const whole = (value: number) => Math.max(0, Math.round(value));
  return (
    <span className="note-range">
      {typed('First byte', anchor.from, (value) => {
        const from = whole(value);
        return { ...anchor, from, to: Math.max(from + 1, anchor.to) };
      })}{' '}
      to {typed('Last byte', anchor.to - 1, (value) => ({ ...anchor, to: Math.max(anchor.from, whole(value)) + 1 }))}
    </span>
  );
}

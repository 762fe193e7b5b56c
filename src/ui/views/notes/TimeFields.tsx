/** From and to of a note on a stretch of time, in ms since the association's first record. */
import type { Anchor } from '../../../share/notes.ts';
import { useStore } from '../../store/store.ts';

export function TimeFields({ anchor }: { readonly anchor: Extract<Anchor, { readonly on: 'time' }> }) {
  const since = useStore((s) => s.detail?.association.startMs ?? 0);
  const write = useStore((s) => s.writeNote);
  const field = (name: 'fromMs' | 'toMs', label: string) => (
    <input
      type="number"
      step="any"
      aria-label={label}
      value={Number((anchor[name] - since).toFixed(3))}
      onChange={(e) => {
        const ms = e.currentTarget.valueAsNumber;
        if (Number.isFinite(ms)) write({ anchor: { ...anchor, [name]: ms + since } });
      }}
    />
  );
  return (
    <span className="note-time">
      {field('fromMs', 'From, in ms')} to {field('toMs', 'To, in ms')} ms
    </span>
  );
}

/** What the centre shows: one of four views. In the header where it has room, else over the view itself. */
import type { View } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import './view-tabs.css';

const VIEWS: readonly (readonly [View, string, string])[] = [
  ['sequence', 'Diagram', '1'],
  ['table', 'Table', 'v'],
  ['data', 'Data', 'a'],
  ['statistics', 'Statistics', 's'],
];

export function ViewTabs({ place }: { readonly place: 'header' | 'centre' }) {
  const view = useStore((s) => s.view);
  const show = useStore((s) => s.showView);
  return (
    <nav className={`view-tabs in-${place}`} aria-label={place === 'header' ? 'Views' : 'Views of the centre'}>
      {VIEWS.map(([id, name, key]) => (
        <button key={id} type="button" aria-pressed={view === id} title={`${name} (${key})`} onClick={() => show(id)}>
          {name}
        </button>
      ))}
    </nav>
  );
}

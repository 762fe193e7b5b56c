/** The dialog that is open, if any. */
import { lazy, Suspense } from 'react';
import { useStore } from '../store/store.ts';
import { GoTo } from './GoTo.tsx';
import { Keys } from './Keys.tsx';
import { Shortcuts } from './Shortcuts.tsx';

/** Pictures and their layout are not part of what the page needs to begin with. */
const Export = lazy(() => import('./export/Export.tsx'));

export function Panels() {
  const panel = useStore((s) => s.panel);
  switch (panel) {
    case 'keys':
      return <Keys />;
    case 'export':
      return (
        <Suspense fallback={null}>
          <Export />
        </Suspense>
      );
    case 'goto':
      return <GoTo />;
    case 'help':
      return <Shortcuts />;
    default:
      return null;
  }
}

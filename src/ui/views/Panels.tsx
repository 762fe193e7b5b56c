/** The dialog that is open, if any. */
import { lazy, Suspense } from 'react';
import { useStore } from '../store/store.ts';
import { GoTo } from './GoTo.tsx';
import { Keys } from './Keys.tsx';
import { Shortcuts } from './Shortcuts.tsx';

/** Pictures and their layout are not part of what the page needs to begin with. */
const Export = lazy(() => import('./export/Export.tsx'));
const Share = lazy(() => import('./share/Share.tsx'));

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
    case 'share':
      return (
        <Suspense fallback={null}>
          <Share />
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

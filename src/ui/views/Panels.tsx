/** The dialog that is open, if any. */
import { useStore } from '../store/store.ts';
import { GoTo } from './GoTo.tsx';
import { Keys } from './Keys.tsx';
import { Shortcuts } from './Shortcuts.tsx';

export function Panels() {
  const panel = useStore((s) => s.panel);
  switch (panel) {
    case 'keys':
      return <Keys />;
    case 'goto':
      return <GoTo />;
    case 'help':
      return <Shortcuts />;
    default:
      return null;
  }
}

/** The dialog that is open, if any. */
import { useStore } from '../store/store.ts';
import { Keys } from './Keys.tsx';
import { Shortcuts } from './Shortcuts.tsx';

export function Panels() {
  const panel = useStore((s) => s.panel);
  switch (panel) {
    case 'keys':
      return <Keys />;
    case 'help':
      return <Shortcuts />;
    default:
      return null;
  }
}

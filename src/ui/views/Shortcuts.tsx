/** The help dialog: the table of keyboard.ts. */
import { SHORTCUTS } from '../keyboard.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { useStore } from '../store/store.ts';

export function Shortcuts() {
  const close = useStore((s) => s.closePanel);
  const singleKeys = useStore((s) => s.singleKeys);
  const setSingleKeys = useStore((s) => s.setSingleKeys);
  return (
    <Dialog title="Keyboard" onClose={close}>
      <dl className="shortcuts">
        {SHORTCUTS.filter(({ shown }) => shown !== null).map(({ command, shown, does }) => (
          <div key={command}>
            <dt>{shown?.split(' ').map((part) => part !== '' && <kbd key={part}>{part}</kbd>)}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <label>
          <input
            type="checkbox"
            checked={singleKeys}
            onChange={(event) => setSingleKeys(event.currentTarget.checked)}
          />
          Single keys are shortcuts
        </label>
      </footer>
    </Dialog>
  );
}

/** Says that a newer page is there. Nothing is taken away: the reader decides when to load it. */
import { hasCapture } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { CloseMark } from './icons.tsx';

export function NewVersion() {
  const newVersion = useStore((s) => s.newVersion);
  // Samples and links are in the address, and come back by themselves.
  const own = useStore((s) => hasCapture(s) && s.sample === null && s.shared === null);
  const meetVersion = useStore((s) => s.meetVersion);
  return (
    <div role="status">
      {newVersion && (
        <div className="banner">
          <span className="grow">
            A new version is here: reload when it suits you.{own && ' Then open the capture again.'}
          </span>
          <button type="button" className="tool" onClick={() => window.location.reload()}>
            Reload
          </button>
          <button type="button" className="tool plain" aria-label="Dismiss" onClick={() => meetVersion(false)}>
            <CloseMark />
          </button>
        </div>
      )}
    </div>
  );
}

/** Rows under the header: what is being read, and what went wrong. Neither replaces what is open. */
import { useEffect, useState } from 'react';
import { progressRow } from '../../present/progress-row.ts';
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';
import { NewVersion } from './NewVersion.tsx';
import { Notices } from './Notices.tsx';

export function Banners() {
  const panel = useStore((s) => s.panel);
  return (
    <>
      <Reading />
      {/* A dialog is modal: what is said meanwhile stands in it. */}
      {panel === null && <Notices />}
      <NewVersion />
    </>
  );
}

const QUIET_MS = 150;

/** Appears only after 150 ms: short readings do not flicker. */
function Reading() {
  const loading = useStore((s) => s.loading);
  const late = useLate(loading !== null);
  if (!loading || !late) return null;
  const { what, done, total, says } = progressRow(loading);
  return (
    <section className="banner progress" aria-label="Reading files">
      <span className="strong ellipsis">{what}</span>
      <progress max={Math.max(1, total)} value={done} aria-label={what} />
      <span className="muted small grow">{says}</span>
      <button type="button" className="tool" onClick={() => page.cancel()}>
        Cancel <kbd>Esc</kbd>
      </button>
    </section>
  );
}

/** True once `on` has lasted. */
function useLate(on: boolean): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    if (!on) return;
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => {
      clearTimeout(timer);
      setLate(false);
    };
  }, [on]);
  return late;
}

/** Rows under the header: what is being read, and what went wrong. Neither replaces what is open. */
import { useEffect, useState } from 'react';
import { byteCount, counted } from '../../present/association-row.ts';
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
  const { file, bytesRead, bytesTotal, packets, datagrams } = loading;
  return (
    <section className="banner progress" aria-label="Reading files">
      <span className="strong ellipsis">Reading {file}</span>
      <progress max={Math.max(1, bytesTotal)} value={bytesRead} aria-label={`Reading ${file}`} />
      <span className="muted small grow">
        {byteCount(bytesRead)} of {byteCount(bytesTotal)}, {counted(packets, 'packet')},{' '}
        {counted(datagrams, 'DTLS datagram')}
      </span>
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

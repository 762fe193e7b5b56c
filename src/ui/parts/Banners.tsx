/** Rows under the header: what is being read, and what went wrong. Neither replaces what is open. */
import { useEffect, useState } from 'react';
import { byteCount, counted } from '../../present/association-row.ts';
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';
import type { Notice } from '../store/trace.ts';
import { copyText } from './clipboard.ts';
import { Glyph } from './Glyph.tsx';
import { CloseMark } from './icons.tsx';

export function Banners() {
  const notices = useStore((s) => s.notices);
  return (
    <>
      <Reading />
      <div role="alert">
        {notices.map((notice) => (
          <NoticeRow key={notice.id} notice={notice} />
        ))}
      </div>
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
    <div className="banner progress">
      <span className="strong ellipsis">Reading {file}</span>
      <progress max={Math.max(1, bytesTotal)} value={bytesRead} aria-label={`Reading ${file}`} />
      <span className="muted small grow">
        {byteCount(bytesRead)} of {byteCount(bytesTotal)}, {counted(packets, 'packet')},{' '}
        {counted(datagrams, 'DTLS datagram')}
      </span>
      <button type="button" className="tool" onClick={() => page.cancel()}>
        Cancel <kbd>Esc</kbd>
      </button>
    </div>
  );
}

function NoticeRow({ notice: { id, text, report } }: { readonly notice: Notice }) {
  const dismiss = useStore((s) => s.dismiss);
  return (
    <div className="banner notice">
      <Glyph shape={report === null ? 'warning' : 'failure'} />
      <span className="grow">{text}</span>
      {report !== null && (
        <>
          <button type="button" className="tool" onClick={() => copyText(report)}>
            Copy report
          </button>
          <button type="button" className="tool primary" onClick={() => page.reload()}>
            Reload analysis
          </button>
        </>
      )}
      <button type="button" className="tool plain" aria-label="Dismiss" onClick={() => dismiss(id)}>
        <CloseMark />
      </button>
    </div>
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

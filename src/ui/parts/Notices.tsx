/** What went wrong, in sentences that stay until they are dismissed. */
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';
import type { Notice } from '../store/trace.ts';
import { copyText } from './clipboard.ts';
import { Glyph } from './Glyph.tsx';
import { CloseMark } from './icons.tsx';

export function Notices() {
  const notices = useStore((s) => s.notices);
  return (
    <div role="alert">
      {notices.map((notice) => (
        <NoticeRow key={notice.id} notice={notice} />
      ))}
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

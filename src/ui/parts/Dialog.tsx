/** A native modal dialog with a title and a close button. Closing by Esc comes with the element. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { CloseMark } from './icons.tsx';
import { Notices } from './Notices.tsx';
import './dialog.css';

interface Props {
  readonly title: string;
  readonly note?: string;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function Dialog({ title, note, wide = false, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className={wide ? 'dialog wide' : 'dialog'} aria-labelledby={titleId} onClose={onClose}>
      <header>
        <h2 id={titleId}>{title}</h2>
        <span className="muted small grow">{note}</span>
        <button type="button" className="tool plain" aria-label="Close" onClick={onClose}>
          <CloseMark />
        </button>
      </header>
      <Notices />
      {children}
    </dialog>
  );
}

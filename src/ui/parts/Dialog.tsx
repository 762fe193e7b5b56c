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
    const element = dialog.current;
    const before = document.activeElement;
    if (!element?.open) element?.showModal();
    // An element that leaves the document while it is open gives the focus to nobody.
    return () => {
      if (before instanceof HTMLElement || before instanceof SVGElement) before.focus();
    };
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

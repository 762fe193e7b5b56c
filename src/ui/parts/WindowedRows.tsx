/** A scrolling list of rows of one fixed height, of which only those in view are in the document. */
import { type ReactNode, type UIEvent, useEffect, useRef, useState } from 'react';

interface Props {
  readonly count: number;
  readonly rowHeight: number;
  readonly row: (index: number) => ReactNode;
  /** The row that has to be in view; scrolling happens when it changes. */
  readonly reveal?: number | null;
  readonly className?: string;
  readonly role?: string;
}

/** Rows drawn beyond both edges, so that fast scrolling shows no gaps. */
const MARGIN = 12;

export function WindowedRows({ count, rowHeight, row, reveal = null, className, role }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, last: 60 });
  const look = (element: HTMLElement) => {
    const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - MARGIN);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + MARGIN;
    setView((old) => (old.first === first && old.last === last ? old : { first, last }));
  };
  const lookAgain = useRef(look);
  lookAgain.current = look;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => lookAgain.current(element));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!element || reveal === null || reveal < 0) return;
    const top = reveal * rowHeight;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - 2 * rowHeight);
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 3 * rowHeight - element.clientHeight;
    }
  }, [reveal, rowHeight]);

  const last = Math.min(count, view.last);
  const first = Math.min(view.first, last);
  return (
    <div
      ref={box}
      className={className}
      role={role}
      onScroll={(event: UIEvent<HTMLDivElement>) => look(event.currentTarget)}
    >
      <div role="presentation" style={{ height: count * rowHeight, paddingTop: first * rowHeight }}>
        {Array.from({ length: last - first }, (_, i) => row(first + i))}
      </div>
    </div>
  );
}

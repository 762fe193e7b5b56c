/** A scrolling list of rows of one fixed height, of which only those near the view are in the document. */
import { type ReactNode, type UIEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

interface Props {
  readonly count: number;
  readonly rowHeight: number;
  readonly row: (index: number) => ReactNode;
  /** The row that has to be in view; scrolling happens when it changes. */
  readonly reveal?: number | null;
  /** Where this holds when it changes, that is done only for those who have not scrolled. */
  readonly steady?: boolean;
  readonly className?: string;
  readonly role?: string;
  /** 0 where no row can take the focus, so that the keys scroll it. */
  readonly tabIndex?: number;
  /** Where it can have the focus, what it is called. */
  readonly label?: string;
}

/** Rows drawn beyond both edges, so that fast scrolling shows no gaps. */
const MARGIN = 24;
/** The window moves in steps of so many rows: most scroll events draw nothing. */
const STEP = 8;

export function WindowedRows({
  count,
  rowHeight,
  row,
  reveal = null,
  steady = false,
  className,
  role,
  tabIndex,
  label,
}: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, last: 60 });
  /** Not while another part of the page fills a narrow screen: what is hidden cannot be scrolled. */
  const [shown, setShown] = useState(false);
  const look = (element: HTMLElement) => {
    const top = Math.floor(element.scrollTop / rowHeight / STEP) * STEP;
    const bottom = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight / STEP) * STEP;
    const next = { first: Math.max(0, top - MARGIN), last: bottom + MARGIN };
    setView((old) => (old.first === next.first && old.last === next.last ? old : next));
  };
  const lookAgain = useRef(look);
  lookAgain.current = look;
  const steadily = useRef(steady);
  steadily.current = steady;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setShown(element.clientHeight > 0);
      lookAgain.current(element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = box.current;
    if (!element || !shown || reveal === null || reveal < 0) return;
    if (steadily.current && element.scrollTop > 0) return;
    const top = reveal * rowHeight;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - 2 * rowHeight);
    else if (top + rowHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + 3 * rowHeight - element.clientHeight;
    }
  }, [reveal, rowHeight, shown]);

  const last = Math.min(count, view.last);
  const first = Math.min(view.first, Math.max(0, last - 1));
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: whoever gives a label gives a role
    <div
      ref={box}
      className={className}
      role={role}
      tabIndex={tabIndex}
      aria-label={label}
      // Drawn within the frame that scrolls: the scheduler's next turn would leave a frame of blank rows.
      onScroll={({ currentTarget }: UIEvent<HTMLDivElement>) => flushSync(() => look(currentTarget))}
    >
      <div role="presentation" style={{ height: count * rowHeight, paddingTop: first * rowHeight }}>
        {Array.from({ length: last - first }, (_, i) => row(first + i))}
      </div>
    </div>
  );
}

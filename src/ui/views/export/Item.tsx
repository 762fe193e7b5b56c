/** One file that can be had: its name, what it holds, a warning where it gives secrets away, and its buttons. */
import { type ReactNode, useId } from 'react';
import type { ExportItem } from '../../../present/export-items.ts';
import { Glyph } from '../../parts/Glyph.tsx';

interface Props {
  readonly item: ExportItem;
  /** Something is being made. */
  readonly busy: boolean;
  readonly onSave: () => void;
  readonly onCopy?: () => void;
  readonly children?: ReactNode;
}

export function Item({ item, busy, onSave, onCopy, children }: Props) {
  const { name, holds, warning, missing } = item;
  const [nameId, textId] = [useId(), useId()];
  // Not `disabled`: a reader of the screen shall come to know why.
  const off = busy || missing !== null;
  const press = (act: () => void) => () => {
    if (!off) act();
  };
  const said = { 'aria-disabled': off, 'aria-describedby': textId };
  return (
    <div className="export-item">
      <div>
        <h4 id={nameId}>{name}</h4>
        <div id={textId}>
          <p className="muted">{missing ?? holds}</p>
          {warning !== null && missing === null && (
            <p className="export-warning">
              <Glyph shape="warning" />
              {warning}
            </p>
          )}
        </div>
        {children}
      </div>
      <span className="export-buttons">
        {onCopy && (
          <button type="button" className="tool" {...said} aria-label={`Copy ${name}`} onClick={press(onCopy)}>
            Copy
          </button>
        )}
        <button type="button" className="tool" {...said} aria-label={`Save ${name}`} onClick={press(onSave)}>
          Save
        </button>
      </span>
    </div>
  );
}

/** The fields of a record as a tree of 19 px rows. */
import { type KeyboardEvent, memo, useEffect, useMemo, useRef } from 'react';
import { type FieldRow, treeMove, typeAhead, visibleRows } from '../../present/field-tree.ts';
import type { ShownField } from '../../present/shown-fields.ts';
import { useStore } from '../store/store.ts';

interface Props {
  readonly fields: readonly ShownField[];
  readonly collapsed: ReadonlySet<string>;
  readonly selected: string | null;
  readonly hovered: string | null;
  readonly onSelect: (path: string) => void;
  readonly onToggle: (path: string) => void;
  readonly onHover: (path: string | null) => void;
}

export function FieldTree({ fields, collapsed, selected, hovered, onSelect, onToggle, onHover }: Props) {
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleRows(fields, collapsed), [fields, collapsed]);
  const revealed = useRef<string | null>(null);
  const zone = useStore((s) => s.zone);
  // A row in a folded group is there only after the next drawing, and one of a hidden zone cannot be scrolled to.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are looked up in the document
  useEffect(() => {
    const row = tree.current?.querySelector(`[data-path="${selected}"]`);
    if (!row?.checkVisibility() || revealed.current === selected) return;
    row.scrollIntoView({ block: 'nearest' });
    revealed.current = selected;
  }, [selected, rows, zone]);

  const letters = useLetters();
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Letters look for a field by its name.
    // Whoever came by mouse goes on with the page's own single keys.
    if (/^[a-z]$/i.test(event.key) && event.currentTarget.matches(':focus-visible')) {
      event.preventDefault();
      const found = typeAhead(rows, selected, letters(event.key, event.timeStamp));
      if (found !== null) onSelect(found);
      return;
    }
    const move = treeMove(rows, selected, event.key);
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    onHover(null);
    if ('to' in move) onSelect(move.to);
    else onToggle(move.toggle);
  };
  return (
    <div
      ref={tree}
      className="tree"
      role="tree"
      aria-label="Fields"
      tabIndex={0}
      {...(selected === null ? {} : { 'aria-activedescendant': `field-${selected}` })}
      onKeyDown={press}
      onPointerLeave={() => onHover(null)}
    >
      {rows.map((row) => (
        <Row
          key={row.path}
          row={row}
          on={row.path === selected}
          outlined={row.path === hovered}
          onSelect={onSelect}
          onToggle={onToggle}
          onHover={onHover}
        />
      ))}
    </div>
  );
}

const LETTERS_FORGOTTEN_MS = 700;

/** What was typed in one go; the same letter again is a new search for it. */
function useLetters(): (letter: string, at: number) => string {
  const typed = useRef({ text: '', at: 0 });
  return (letter, at) => {
    const { text, at: before } = typed.current;
    const goesOn = at - before < LETTERS_FORGOTTEN_MS && text !== letter;
    typed.current = { text: goesOn ? text + letter : letter, at };
    return typed.current.text;
  };
}

/** Up to so many characters a value is not cut to make room for a remark. */
const SHORT_VALUE = 20;

interface RowProps extends Pick<Props, 'onSelect' | 'onToggle' | 'onHover'> {
  readonly row: FieldRow<ShownField>;
  readonly on: boolean;
  readonly outlined: boolean;
}

const Row = memo(function Row({
  row: { path, depth, field, expanded, position, siblings },
  on,
  outlined,
  onSelect,
  onToggle,
  onHover,
}: RowProps) {
  const group = field.children.length > 0;
  return (
    // biome-ignore lint/a11y: the tree has the focus and the keys, and names its active row
    <div
      id={`field-${path}`}
      data-path={path}
      role="treeitem"
      className={`field-row${group ? ' group' : ''}${outlined ? ' outlined' : ''}`}
      style={{ paddingLeft: 12 + 12 * depth }}
      data-words={(group && field.name === 'handshake') || undefined}
      aria-level={depth + 1}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-selected={on}
      {...(group ? { 'aria-expanded': expanded } : {})}
      onClick={() => onSelect(path)}
      onDoubleClick={() => group && onToggle(path)}
      onPointerEnter={() => onHover(path)}
    >
      <span
        className="name"
        style={{ minWidth: field.text === '' && group ? 0 : `calc(var(--names) - ${12 * depth}px)` }}
      >
        {group && (
          // biome-ignore lint/a11y: the arrow keys do the same
          <span
            className="twist"
            onClick={(event) => {
              event.stopPropagation();
              onToggle(path);
            }}
          >
            {expanded ? '▾' : '▸'}
          </span>
        )}
        {field.label}
      </span>{' '}
      <span className="value" data-short={field.text.length <= SHORT_VALUE || undefined}>
        {field.text}
        {field.beside !== '' && <span className="meaning"> {field.beside}</span>}
      </span>{' '}
      {field.remark !== '' && <span className="says">{field.remark}</span>}
    </div>
  );
}, sameRow);

/** The handlers change with every drawing, but do the same. */
function sameRow(a: RowProps, b: RowProps): boolean {
  return (
    a.row.field === b.row.field &&
    a.row.path === b.row.path &&
    a.row.expanded === b.row.expanded &&
    a.on === b.on &&
    a.outlined === b.outlined
  );
}

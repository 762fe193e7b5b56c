/** The fields of a record as a tree of 19 px rows. */
import { type KeyboardEvent, useEffect, useMemo, useRef } from 'react';
import { type FieldRow, fieldValue, treeMove, visibleRows } from '../../present/field-tree.ts';
import type { Field } from '../../wire/fields.ts';

interface Props {
  readonly fields: readonly Field[];
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
  useEffect(() => {
    if (selected === null) return;
    tree.current?.querySelector(`[data-path="${selected}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const press = (event: KeyboardEvent) => {
    const move = treeMove(rows, selected, event.key);
    if (!move) return;
    event.preventDefault();
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

/** Up to so many characters a value is never cut to make room for its meaning. */
const SHORT_VALUE = 20;

interface RowProps extends Pick<Props, 'onSelect' | 'onToggle' | 'onHover'> {
  readonly row: FieldRow;
  readonly on: boolean;
  readonly outlined: boolean;
}

function Row({
  row: { path, depth, field, expanded, position, siblings },
  on,
  outlined,
  onSelect,
  onToggle,
  onHover,
}: RowProps) {
  const group = field.children.length > 0;
  const value = fieldValue(field);
  return (
    // biome-ignore lint/a11y: the tree has the focus and the keys, and names its active row
    <div
      id={`field-${path}`}
      data-path={path}
      role="treeitem"
      className={`field-row${group ? ' group' : ''}${outlined ? ' outlined' : ''}`}
      style={{ paddingLeft: 12 + 14 * depth }}
      aria-level={depth + 1}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-selected={on}
      {...(group ? { 'aria-expanded': expanded } : {})}
      onClick={() => onSelect(path)}
      onDoubleClick={() => group && onToggle(path)}
      onPointerEnter={() => onHover(path)}
    >
      <span className="name" style={group ? {} : { minWidth: 146 - 14 * depth }}>
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
        {field.name}
      </span>
      <span className="value" data-short={value.length <= SHORT_VALUE || undefined}>
        {value}
      </span>
      <span className="meaning">{field.meaning ?? (field.value === null ? size(field) : '')}</span>
    </div>
  );
}

function size({ at: { from, to } }: Field): string {
  return to - from === 1 ? '1 byte' : `${to - from} bytes`;
}

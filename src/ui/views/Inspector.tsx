/** Fields over bytes of one record, linked both ways: what is selected in one is marked in the other. */
import { useEffect, useMemo, useState } from 'react';
import type { RecordDetail } from '../../analysis/trace.ts';
import { acknowledgedAt, acknowledgedRecords, entryPaths, withAcknowledged } from '../../present/acknowledged.ts';
import { translate } from '../../present/byte-grid.ts';
import { ancestors, carrierPaths, fieldAt, fieldsTo } from '../../present/field-tree.ts';
import type { BufferId } from '../../wire/reader.ts';
import { page } from '../page.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';
import { Buffers } from './Buffers.tsx';
import { FieldTree } from './FieldTree.tsx';
import { Journey } from './Journey.tsx';
import './inspector.css';

export function Inspector() {
  const detail = useStore((s) => s.recordDetail);
  if (!detail) return <p className="nothing">Select an arrow of the diagram to see its fields and bytes.</p>;
  // A new record starts with its own folds and without a hover.
  return <RecordInspector key={detail.record.record} detail={detail} />;
}

function RecordInspector({ detail }: { readonly detail: RecordDetail }) {
  const { problems, record } = detail;
  const association = useStore((s) => s.detail);
  const fields = useMemo(() => withAcknowledged(detail, association), [detail, association]);
  const path = useStore((s) => s.field);
  const select = useStore((s) => s.selectField);
  const [hovered, setHovered] = useState<string | null>(null);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(
    () => new Set([...carrierPaths(fields, recordStart(detail)), ...entryPaths(fields)]),
  );

  const toggle = (at: string) => setCollapsed((old) => (old.has(at) ? without(old, [at]) : new Set([...old, at])));
  const selectByte = (buffer: BufferId, index: number) => {
    const found = fieldUnder(detail, buffer, index);
    if (found === null) return;
    setCollapsed((old) => without(old, ancestors(found)));
    select(found, buffer);
  };
  const hoverByte = (buffer: BufferId, index: number | null) =>
    setHovered(index === null ? null : fieldUnder(detail, buffer, index));
  const selectField = (at: string) => select(at, fieldsTo(fields, at).at(-1)?.at.buffer);
  const selected = useMemo(() => (path === null ? undefined : fieldsTo(fields, path).at(-1)), [fields, path]);
  const outlined = hovered === null ? undefined : fieldsTo(fields, hovered).at(-1);
  usePointing(detail, hovered ?? path);

  return (
    <div className="inspector">
      <Crumbs detail={detail} path={hovered ?? path} />
      <div className="fields">
        {record.explanation !== null && (
          <p className="remark">
            <Glyph shape={record.state === 'malformed' ? 'failure' : 'note'} />
            {record.explanation}
          </p>
        )}
        <Journey record={record} />
        {problems.map(({ message, at }) => (
          <p key={`${at.buffer} ${at.from} ${message}`} className="remark">
            <Glyph shape="warning" />
            {message}
          </p>
        ))}
        <Acknowledges detail={detail} />
        <FieldTree
          fields={fields}
          collapsed={collapsed}
          selected={path}
          hovered={hovered}
          onSelect={selectField}
          onToggle={toggle}
          onHover={setHovered}
        />
      </div>
      <Buffers detail={detail} selected={selected} outlined={outlined} onSelect={selectByte} onHover={hoverByte} />
    </div>
  );
}

/** An entry of an ACK, under the pointer or selected, is marked in the diagram. */
function usePointing(detail: RecordDetail, path: string | null): void {
  const point = useStore((s) => s.point);
  useEffect(() => {
    point(path === null ? [] : acknowledgedAt(detail, path));
    return () => point([]);
  }, [detail, path, point]);
}

const ENTRIES_LISTED = 12;

/** The records that an ACK names, one click away. */
function Acknowledges({ detail: { record } }: { readonly detail: RecordDetail }) {
  const records = useStore((s) => s.detail?.records);
  const named = useMemo(() => acknowledgedRecords(record, records ?? []), [record, records]);
  const point = useStore((s) => s.point);
  if (named.length === 0) return null;
  return (
    <p className="remark acknowledges">
      <span className="muted">Acknowledges</span>
      {named.slice(0, ENTRIES_LISTED).map(({ record: target, number, what }) => (
        <button
          key={target}
          type="button"
          className="link"
          title={`Record ${target}: ${what}`}
          onClick={() => page.selectRecord(target)}
          onPointerEnter={() => point([target])}
          onPointerLeave={() => point([])}
          onFocus={() => point([target])}
          onBlur={() => point([])}
        >
          {number}
        </button>
      ))}
      {named.length > ENTRIES_LISTED && <span className="muted">and {named.length - ENTRIES_LISTED} more</span>}
    </p>
  );
}

/** File, packet, record, and down to the field. */
function Crumbs({ detail, path }: { readonly detail: RecordDetail; readonly path: string | null }) {
  const { record, fields } = detail;
  const file = useStore((s) => s.trace.captures[record.capture]?.name);
  const names = path === null ? [] : fieldsTo(fields, path).map((field) => field.name);
  const parts = [file ?? '', `packet ${record.packet}`, ...(names.length > 0 ? names : [`record ${record.record}`])];
  const last = parts.pop();
  return (
    <div className="crumbs">
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may name the same thing twice
        <span key={i} className={i === 0 ? 'ellipsis' : ''}>
          {part} <span aria-hidden="true">›</span>
        </span>
      ))}
      <b className="ellipsis">{last}</b>
    </div>
  );
}

export function recordStart({ record, buffers }: RecordDetail): number {
  return record.offset - (buffers.find(({ id }) => id === 'packet')?.base ?? 0);
}

/** The smallest field that holds the byte, in this buffer or where the byte lies in another. */
function fieldUnder(detail: RecordDetail, buffer: BufferId, index: number): string | null {
  const here = { buffer, from: index, to: index + 1 };
  const found = [here, ...translate(detail, here).spans]
    .map((span) => fieldAt(detail.fields, span.buffer, span.from))
    .filter((path) => path !== null);
  const lengthOf = (path: string) => {
    const at = fieldsTo(detail.fields, path).at(-1)?.at;
    return at ? at.to - at.from : Number.POSITIVE_INFINITY;
  };
  return found.sort((a, b) => lengthOf(a) - lengthOf(b))[0] ?? null;
}

function without(set: ReadonlySet<string>, paths: readonly string[]): ReadonlySet<string> {
  return paths.some((path) => set.has(path)) ? new Set([...set].filter((path) => !paths.includes(path))) : set;
}

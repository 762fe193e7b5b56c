/** Fields over bytes of one record, linked both ways: what is selected in one is marked in the other. */
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import type { RecordDetail } from '../../analysis/trace.ts';
import { acknowledgedAt, entryPaths } from '../../present/acknowledged.ts';
import { translate } from '../../present/byte-grid.ts';
import { ancestors, carrierPaths, fieldAt, fieldsTo, pathOfName } from '../../present/field-tree.ts';
import { type ShownField, shownFields } from '../../present/shown-fields.ts';
import type { BufferId } from '../../wire/reader.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { Splitter } from '../parts/Splitter.tsx';
import { useStore } from '../store/store.ts';
import { Buffers, recordStart } from './Buffers.tsx';
import { FieldTree } from './FieldTree.tsx';
import { Acknowledges } from './inspector/Acknowledges.tsx';
import { Crumbs } from './inspector/Crumbs.tsx';
import { Journey } from './Journey.tsx';
import { usePresentedBytes } from './notes/byte-notes.ts';
import './inspector.css';

/** What the RFCs say of a hundred fields is read when the first one is selected. */
const FieldFoot = lazy(() => import('./inspector/FieldFoot.tsx'));

export function Inspector() {
  const detail = useStore((s) => s.recordDetail);
  if (!detail) return <p className="nothing">Select an arrow of the diagram to see its fields and bytes.</p>;
  // A new record starts with its own folds and without a hover.
  return <RecordInspector key={detail.record.record} detail={detail} />;
}

function RecordInspector({ detail }: { readonly detail: RecordDetail }) {
  const { problems, record } = detail;
  const association = useStore((s) => s.detail);
  const fields = useMemo(() => shownFields(detail, association), [detail, association]);
  const path = useStore((s) => s.field);
  const select = useStore((s) => s.selectField);
  const [hovered, setHovered] = useState<string | null>(null);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(
    () => new Set([...carrierPaths(fields, recordStart(detail)), ...entryPaths(fields)]),
  );

  const toggle = (at: string) => setCollapsed((old) => (old.has(at) ? without(old, [at]) : new Set([...old, at])));
  const selectByte = (buffer: BufferId, index: number) => {
    const found = fieldUnder(detail, fields, buffer, index);
    if (found !== null) select(found, buffer);
  };
  const hoverByte = (buffer: BufferId, index: number | null) =>
    setHovered(index === null ? null : fieldUnder(detail, fields, buffer, index));
  const selectField = (at: string) => select(at, fieldsTo(fields, at).at(-1)?.at.buffer);
  const selected = useMemo(() => (path === null ? undefined : fieldsTo(fields, path).at(-1)), [fields, path]);
  const outlined = hovered === null ? undefined : fieldsTo(fields, hovered).at(-1);
  // Whoever selects a field, it can be seen.
  useEffect(() => {
    if (path !== null) setCollapsed((old) => without(old, ancestors(path)));
  }, [path]);
  usePointing(detail, hovered ?? path);
  useSought(record.record, fields, selectField);
  usePresentedBytes(detail, fields, selectField);

  return (
    <div className="inspector">
      <Crumbs detail={detail} fields={fields} path={hovered ?? path} onSelect={selectField} />
      <div className="fields">
        <div className="scroll">
          {record.explanation !== null && (
            <p className="remark">
              <Glyph shape={record.state === 'malformed' ? 'failure' : 'note'} />
              {record.explanation}
            </p>
          )}
          <Journey record={record} />
          {[...new Set(problems.map(({ message }) => message))].map((message) => (
            <p key={message} className="remark">
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
        {path !== null && (
          <Suspense fallback={null}>
            <FieldFoot fields={fields} path={path} />
          </Suspense>
        )}
      </div>
      <Splitter split="bytes" label="Height of the bytes" pane=".buffers" side="below" min={80} rest={106} />
      <Buffers
        detail={detail}
        fields={fields}
        selected={selected}
        outlined={outlined}
        onSelect={selectByte}
        onHover={hoverByte}
      />
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

/** Evidence names a field, whose place in the tree is known only here. */
function useSought(record: number, fields: readonly ShownField[], select: (path: string) => void): void {
  const sought = useStore((s) => s.sought);
  useEffect(() => {
    if (sought?.record !== record) return;
    const path = pathOfName(fields, sought.names);
    useStore.getState().found();
    if (path !== null) select(path);
  });
}

/** The smallest field that holds the byte, in this buffer or where the byte lies in another. */
function fieldUnder(
  detail: RecordDetail,
  fields: readonly ShownField[],
  buffer: BufferId,
  index: number,
): string | null {
  const here = { buffer, from: index, to: index + 1 };
  const found = [here, ...translate(detail, here).spans]
    .map((span) => fieldAt(fields, span.buffer, span.from))
    .filter((path) => path !== null);
  const lengthOf = (path: string) => {
    const at = fieldsTo(fields, path).at(-1)?.at;
    return at ? at.to - at.from : Number.POSITIVE_INFINITY;
  };
  return found.sort((a, b) => lengthOf(a) - lengthOf(b))[0] ?? null;
}

function without(set: ReadonlySet<string>, paths: readonly string[]): ReadonlySet<string> {
  return paths.some((path) => set.has(path)) ? new Set([...set].filter((path) => !paths.includes(path))) : set;
}

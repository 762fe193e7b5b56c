/** The sequence diagram of one association: what each side sent, when, and what was sent again. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type SyntheticEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { PointsView } from '../../analysis/story.ts';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { pointAt } from '../../present/sequence-acks.ts';
import type { PlacedRow } from '../../present/sequence-arrow.ts';
import { Margin } from './notes/Margin.tsx';
import { useNoteMargin } from './notes/placed.ts';
import { useArranged } from './sequence/arranged.ts';
import { Lifelines } from './sequence/Lifelines.tsx';
import { Minimap } from './sequence/Minimap.tsx';
import { useRowMarks } from './sequence/marks.ts';
import { Playhead, useComeRows } from './sequence/Playhead.tsx';
import { Pointers } from './sequence/Pointers.tsx';
import { Rows } from './sequence/Rows.tsx';
import { destination } from './sequence/row-keys.ts';
import { PartFrame, Tint } from './sequence/Selected.tsx';
import { SequenceHeader } from './sequence/SequenceHeader.tsx';
import { Brackets, PointLines, Silence, SilenceBands } from './sequence/Surroundings.tsx';
import { type Range, reveal, useVisibleRange, useWidth } from './sequence/viewport.ts';
import { useKeptPlace, useWheelZoom } from './sequence/zoom.ts';
import './sequence.css';
import './sequence-drawing.css';

interface Props {
  readonly detail: AssociationDetail;
  /** Of the whole trace; null where there is one capture point. */
  readonly points: PointsView | null;
  readonly selectedRecord: number | null;
  /** Records that the inspector points at: entries of the selected ACK. */
  readonly pointedRecords: readonly number[];
  readonly onSelect: (record: number) => void;
  /** A record that is told in a sum is to be shown, with those around it. */
  readonly onLookAround: (record: number) => void;
}

/** More rows than this are drawn only near the screen. */
const WINDOWED_ROWS = 400;
const HEADER_PX = 29;
/** Under a row that comes into view: its playhead, and the beginning of what follows. */
const BELOW_PX = 24;

export function SequenceDiagram(props: Props) {
  const { detail, points, selectedRecord, pointedRecords, onSelect, onLookAround } = props;
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const group = useRef<SVGGElement>(null);
  const width = useWidth(host);
  const [flight, setFlight] = useState<string | null>(null);
  const [overKey, setOverKey] = useState<number | null>(null);
  const [activeKey, setActiveKey] = useState<number | null>(null);
  const focusNext = useRef(false);
  const margin = useNoteMargin(detail, width);

  const { twice, layout, states, byRecord, byKey, sentence, toggle, stretch } = useArranged(
    detail,
    points,
    width,
    margin.width,
  );
  const { rows, lifelines } = layout;
  const range = useVisibleRange(drawing);
  const windowed = rows.length > WINDOWED_ROWS ? range : null;
  const selectedRow = byRecord.get(selectedRecord ?? -1) ?? null;
  const active = byKey.get(activeKey ?? Number.NaN) ?? selectedRow ?? rows[0] ?? null;
  const come = useComeRows(rows, selectedRow);
  const until = rows[come] ? (rows[come]?.y ?? 0) + (rows[come]?.height ?? 0) : come < 0 ? 0 : layout.height;

  const over = byKey.get(overKey ?? Number.NaN);
  const pointing = over && acknowledgedBy(over).length > 0 ? over : selectedRow;
  const pointed = useMemo(() => {
    if (!pointing) return [];
    const told = pointing === selectedRow && pointedRecords.length > 0 ? pointedRecords : acknowledgedBy(pointing);
    if (told.length === 0) return [];
    const near = new Set(told.flatMap((record) => byRecord.get(record) ?? []));
    return pointAt(told, pointing, [...near], layout.draw);
  }, [pointing, selectedRow, pointedRecords, byRecord, layout]);

  const drawn = useMemo(() => (windowed ? rows.filter((row) => isNear(row, windowed)) : rows), [rows, windowed]);
  // The row that Tab reaches is there even where it is not seen.
  const reachable = useMemo(
    () => (active && windowed && !isNear(active, windowed) ? [...drawn, active] : drawn),
    [drawn, active, windowed],
  );
  const breaks = useMemo(
    () => layout.breaks.filter(({ y, heightPx }) => !windowed || isNear({ y, height: heightPx }, windowed)),
    [layout, windowed],
  );
  const brackets = useMemo(
    () => layout.brackets.filter(({ y1, y2 }) => !windowed || isNear({ y: y1, height: y2 - y1 }, windowed)),
    [layout, windowed],
  );
  useRowMarks(group, { drawn: reachable, selected: selectedRow, active, come });
  useWheelZoom(host);
  useKeptPlace(drawing, selectedRow ?? active, stretch);

  // A selection made elsewhere takes Tab along and comes into view. Before the next key is read: a note goes on the row
  // that Tab reaches.
  useLayoutEffect(() => {
    if (!selectedRow || !drawing.current) return;
    setActiveKey(selectedRow.row.key);
    reveal(drawing.current, selectedRow.y, selectedRow.y + selectedRow.height + BELOW_PX, HEADER_PX);
  }, [selectedRow]);

  useEffect(() => {
    if (!focusNext.current || !active || !drawing.current) return;
    focusNext.current = false;
    reveal(drawing.current, active.y, active.y + active.height, HEADER_PX);
    drawing.current.querySelector<SVGElement>(`[data-row="${active.row.key}"]`)?.focus({ preventScroll: true });
  }, [active]);

  const choose = useCallback(
    ({ row }: PlacedRow, record: number | null) => {
      if (row.kind === 'fold') {
        if (row.around === null) toggle(row.key);
        else onLookAround(row.around);
        return;
      }
      const chosen = record || (row.records[0] ?? row.evidence[0]);
      if (chosen !== undefined) onSelect(chosen);
    },
    [onSelect, onLookAround, toggle],
  );

  const rowAt = (target: EventTarget) => byKey.get(Number(attributeAt(target, 'data-row') ?? Number.NaN));

  const clicked = (event: MouseEvent) => {
    const hit = rowAt(event.target);
    if (!hit) return;
    setActiveKey(hit.row.key);
    const part = attributeAt(event.target, 'data-record');
    choose(hit, part === null ? null : Number(part) || (hit.row.kind === 'burst' ? (hit.row.evidence.at(-1) ?? 0) : 0));
  };

  const opened = (placed: PlacedRow | undefined): boolean => {
    if (placed?.row.kind !== 'burst' || placed.row.opens === null) return false;
    focusNext.current = true;
    setActiveKey(placed.row.burst);
    toggle(placed.row.burst);
    return true;
  };

  const pressed = (event: KeyboardEvent) => {
    if (!active || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = destination(event.key, active.index, rows.length);
    const chosen = active.row.kind === 'burst' && active === selectedRow;
    if (target !== null) {
      const next = rows[target];
      // also where there is no further row: the key was meant for this list
      if (next && next !== active) {
        focusNext.current = true;
        setActiveKey(next.row.key);
      }
    } else if (event.key === 'Enter' && chosen) opened(active);
    else if (event.key === 'Enter' || (event.key === ' ' && !chosen)) choose(active, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const lit = (event: SyntheticEvent) => {
    setFlight(attributeAt(event.target, 'data-flight'));
    const key = attributeAt(event.target, 'data-row');
    setOverKey(key === null ? null : Number(key));
  };
  const unlit = () => {
    setFlight(null);
    setOverKey(null);
  };

  return (
    <div className="sequence" ref={host}>
      <SequenceHeader detail={detail} twice={twice} columns={layout.columns} />
      {width > 0 && (
        <div className="sequence-body">
          <div
            role="listbox"
            aria-label="Records in order of capture"
            tabIndex={-1}
            className="sequence-list"
            onClick={clicked}
            onDoubleClick={(event) => opened(rowAt(event.target))}
            onKeyDown={pressed}
            onPointerOver={lit}
            onPointerLeave={unlit}
            onFocus={lit}
            onBlur={unlit}
          >
            <svg
              ref={drawing}
              className="sequence-drawing"
              width={layout.width}
              height={layout.height}
              role="presentation"
            >
              {selectedRow && <Tint row={layout.draw(selectedRow)} width={layout.width} />}
              <SilenceBands breaks={breaks} width={layout.width} />
              <PointLines columns={layout.columns} height={layout.height} />
              <Pointers pointed={pointed} />
              <Lifelines lifelines={lifelines} states={states} range={windowed} />
              {breaks.map((one) => (
                <Silence key={one.before} silence={one} lifelines={lifelines} future={one.before > come} />
              ))}
              <Brackets brackets={brackets} ties={layout.ties} flight={flight} until={until} />
              <Rows group={group} drawn={reachable} layout={layout} sentence={sentence} />
              {selectedRow && <PartFrame row={layout.draw(selectedRow)} record={selectedRecord} />}
              <Playhead rows={rows} rest={selectedRow} width={layout.width} drawing={drawing} headerPx={HEADER_PX} />
            </svg>
          </div>
          {margin.notes.length > 0 && (
            <Margin detail={detail} margin={margin} byRecord={byRecord} height={layout.height} />
          )}
          {layout.mapped && (
            <Minimap layout={layout} association={detail.association} drawing={drawing} headerPx={HEADER_PX} />
          )}
        </div>
      )}
    </div>
  );
}

function acknowledgedBy({ row }: PlacedRow): readonly number[] {
  return row.kind === 'burst' ? row.acknowledges : [];
}

/** Of the nearest element that has it. */
function attributeAt(target: EventTarget, name: string): string | null {
  return (target instanceof Element ? target.closest(`[${name}]`) : null)?.getAttribute(name) ?? null;
}

function isNear({ y, height }: Pick<PlacedRow, 'y' | 'height'>, { from, to }: Range): boolean {
  return y + height >= from && y <= to;
}

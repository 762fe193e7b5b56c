/** The sequence diagram of one association: what each side sent, when, and what was sent again. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type SyntheticEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { PointsView } from '../../analysis/story.ts';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { seenTwice } from '../../present/capture-points.ts';
import { rolesOf, rowSentence } from '../../present/sentences.ts';
import { pointAt } from '../../present/sequence-acks.ts';
import type { PlacedRow } from '../../present/sequence-arrow.ts';
import { arrangeSequence, type SequenceLayout } from '../../present/sequence-layout.ts';
import { wordBursts } from '../../present/sequence-rows.ts';
import { measureText } from './sequence/measure.ts';
import { Playhead } from './sequence/Playhead.tsx';
import { Pointers } from './sequence/Pointers.tsx';
import { SequenceHeader } from './sequence/SequenceHeader.tsx';
import { SequenceRow } from './sequence/SequenceRow.tsx';
import { Brackets, Lifelines, PointLines, Sendings, Silence, SilenceBands } from './sequence/Surroundings.tsx';
import { type Range, reveal, useCoarsePointer, useVisibleRange, useWidth } from './sequence/viewport.ts';
import './sequence.css';

interface Props {
  readonly detail: AssociationDetail;
  /** Of the whole trace; null where there is one capture point. */
  readonly points: PointsView | null;
  readonly selectedRecord: number | null;
  /** Records that the inspector points at: entries of the selected ACK. */
  readonly pointedRecords: readonly number[];
  readonly onSelect: (record: number) => void;
}

const NARROW_PX = 700;
/** More rows than this are drawn only near the screen. */
const WINDOWED_ROWS = 1000;
const HEADER_PX = 29;
const PAGE_ROWS = 10;

export function SequenceDiagram({ detail, points, selectedRecord, pointedRecords, onSelect }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const drawing = useRef<SVGSVGElement>(null);
  const width = useWidth(host);
  const coarse = useCoarsePointer();
  const [scale, setScale] = useState<'folded' | 'linear'>('folded');
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set<number>());
  const [flight, setFlight] = useState<string | null>(null);
  const [overKey, setOverKey] = useState<string | null>(null);
  const [activeKey, setActiveKey] = useState<number | null>(null);
  const focusNext = useRef(false);

  const twice = useMemo(() => seenTwice(detail, points), [detail, points]);
  const worded = useMemo(() => wordBursts(detail, twice), [detail, twice]);
  const layout = useMemo(() => {
    const narrow = width < NARROW_PX;
    const rowPx = narrow || coarse ? 42 : twice ? 26 : 22;
    return arrangeSequence(worded, detail.association, open, { width, rowPx, narrow, scale, measure: measureText });
  }, [worded, detail, twice, open, width, coarse, scale]);
  const { rows } = layout;
  const windowed = rows.length > WINDOWED_ROWS;
  const range = useVisibleRange(drawing);
  const sentences = useSentences(layout, detail);
  const selectedRow = useMemo(() => rowOf(rows, selectedRecord), [rows, selectedRecord]);
  const active = rows.find(({ row }) => row.key === activeKey) ?? selectedRow ?? rows[0];

  const over = overKey === null ? undefined : rows.find(({ row }) => String(row.key) === overKey);
  const pointing = acknowledges(over) ? over : selectedRow;
  const pointed = useMemo(() => {
    if (!pointing) return [];
    const told = pointing === selectedRow && pointedRecords.length > 0 ? pointedRecords : acknowledgedBy(pointing);
    return pointAt(told, pointing, rows, layout.draw);
  }, [pointing, selectedRow, pointedRecords, rows, layout]);

  // a selection made elsewhere takes Tab along and comes into view
  useEffect(() => {
    if (!selectedRow || !drawing.current) return;
    setActiveKey(selectedRow.row.key);
    reveal(drawing.current, selectedRow.y, selectedRow.y + selectedRow.height, HEADER_PX);
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
        setOpen((keys) => toggled(keys, row.key));
        return;
      }
      const chosen = record ?? row.records[0] ?? row.evidence[0];
      if (chosen !== undefined) onSelect(chosen);
    },
    [onSelect],
  );

  const clicked = (event: MouseEvent) => {
    const hit = rowAt(rows, event.target);
    if (!hit) return;
    setActiveKey(hit.row.key);
    const part = Number(closest(event.target, '[data-record]')?.getAttribute('data-record') ?? Number.NaN);
    choose(hit, Number.isNaN(part) ? null : part);
  };

  const pressed = (event: KeyboardEvent) => {
    if (!active || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = destination(event.key, active.index, rows.length);
    if (target !== null) {
      const next = rows[target];
      // also where there is no further row: the key was meant for this list
      if (next && next !== active) {
        focusNext.current = true;
        setActiveKey(next.row.key);
      }
    } else if (event.key === 'Enter' || event.key === ' ') choose(active, null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const lit = (event: SyntheticEvent) => {
    setFlight(closest(event.target, '[data-flight]')?.getAttribute('data-flight') ?? null);
    setOverKey(closest(event.target, '[data-row]')?.getAttribute('data-row') ?? null);
  };
  const unlit = () => {
    setFlight(null);
    setOverKey(null);
  };

  const drawn = windowed ? rows.filter((row) => row === active || isNear(row, range)) : rows;
  const breaks = windowed
    ? layout.breaks.filter(({ y, heightPx }) => isNear({ y, height: heightPx }, range))
    : layout.breaks;
  return (
    <div className="sequence" ref={host}>
      <SequenceHeader detail={detail} twice={twice} columns={layout.columns} scale={scale} onScale={setScale} />
      {width > 0 && (
        <div
          role="listbox"
          aria-label="Records in order of capture"
          tabIndex={-1}
          className="sequence-list"
          onClick={clicked}
          onKeyDown={pressed}
          onPointerOver={lit}
          onPointerLeave={unlit}
          onFocus={lit}
          onBlur={unlit}
        >
          <svg ref={drawing} className="sequence-drawing" width={width} height={layout.height} role="presentation">
            {selectedRow && (
              <rect className="sequence-tint" x={0} y={selectedRow.y} width={width} height={selectedRow.height} />
            )}
            <SilenceBands breaks={breaks} width={width} />
            <PointLines columns={layout.columns} height={layout.height} />
            <Pointers pointed={pointed} />
            <Lifelines lifelines={layout.lifelines} />
            <Sendings rows={drawn.map(layout.draw)} lifelines={layout.lifelines} />
            {breaks.map((one) => (
              <Silence key={one.before} silence={one} lifelines={layout.lifelines} />
            ))}
            <Brackets brackets={layout.brackets} ties={layout.ties} flight={flight} />
            {drawn.map((row) => (
              <SequenceRow
                key={row.row.key}
                layout={layout.draw(row)}
                width={width}
                sentence={sentences(row)}
                setSize={rows.length}
                selected={row === selectedRow ? selectedRecord : null}
                active={row === active}
              />
            ))}
            {selectedRow && <Playhead y={selectedRow.y + selectedRow.height} width={width} />}
          </svg>
        </div>
      )}
    </div>
  );
}

/** A function that words a row when it is drawn, since most rows of a long trace never are. */
function useSentences(layout: SequenceLayout, detail: AssociationDetail): (row: PlacedRow) => string {
  return useMemo(() => {
    const silences = new Map(layout.breaks.map((one) => [one.before, one.silentMs]));
    const roles = rolesOf(detail.association);
    const originMs = detail.association.startMs;
    return ({ row, index }) => rowSentence(row, { roles, originMs, silentMs: silences.get(index) ?? null });
  }, [layout, detail]);
}

function acknowledgedBy({ row }: PlacedRow): readonly number[] {
  return row.kind === 'burst' ? row.acknowledges : [];
}

function acknowledges(placed: PlacedRow | undefined): placed is PlacedRow {
  return placed !== undefined && acknowledgedBy(placed).length > 0;
}

function rowOf(rows: readonly PlacedRow[], record: number | null): PlacedRow | null {
  if (record === null) return null;
  return rows.find(({ row }) => row.records.includes(record)) ?? null;
}

function rowAt(rows: readonly PlacedRow[], target: EventTarget): PlacedRow | undefined {
  const key = closest(target, '[data-row]')?.getAttribute('data-row');
  return key ? rows.find(({ row }) => String(row.key) === key) : undefined;
}

function closest(target: EventTarget, selector: string): Element | null {
  return target instanceof Element ? target.closest(selector) : null;
}

function toggled(keys: ReadonlySet<number>, key: number): ReadonlySet<number> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

function isNear({ y, height }: Pick<PlacedRow, 'y' | 'height'>, { from, to }: Range): boolean {
  return y + height >= from && y <= to;
}

/** Index of the row that a key goes to; null for keys that go nowhere. */
function destination(key: string, index: number, count: number): number | null {
  const last = count - 1;
  switch (key) {
    case 'ArrowDown':
    case 'j':
      return Math.min(last, index + 1);
    case 'ArrowUp':
    case 'k':
      return Math.max(0, index - 1);
    case 'PageDown':
      return Math.min(last, index + PAGE_ROWS);
    case 'PageUp':
      return Math.max(0, index - PAGE_ROWS);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

/** The states of both endpoints under the diagram, on a time axis of their own; a click goes to the nearest record. */
import { type MouseEvent, useMemo, useRef } from 'react';
import type { AssociationDetail, RecordView } from '../../analysis/trace.ts';
import { endpointNames, seenTwice } from '../../present/capture-points.ts';
import { epochLanes } from '../../present/epoch-lanes.ts';
import { stateRibbons } from '../../present/state-ribbons.ts';
import { duration, milliseconds } from '../../present/time-scale.ts';
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';
import { EpochLanes, LANE_STEP_PX } from './EpochLanes.tsx';
import { StateMark } from './StateMark.tsx';
import { ROOMY, useMediaQuery, useWidth } from './sequence/viewport.ts';
import './ribbons.css';

const LEFT_PX = 116;
const RIGHT_PX = 14;
const AXIS_PX = 20;
const RIBBON_PX = 18;
const GAP_PX = 3;
const RIBBONS_PX = AXIS_PX + 4 + 2 * (RIBBON_PX + GAP_PX) + 3;
const LANES_PX = 4 * LANE_STEP_PX + 6;
/** A silence narrower than this has no room for its length. */
const LENGTH_PX = 44;

export function Ribbons({ detail }: { readonly detail: AssociationDetail }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const record = useStore((s) => s.record);
  const roomy = useMediaQuery(ROOMY);
  const open = useStore((s) => s.lanes) ?? roomy;
  const show = useStore((s) => s.showLanes);
  const right = Math.max(LEFT_PX + 60, width - RIGHT_PX);
  const drawn = useMemo(() => stateRibbons(detail, LEFT_PX, right), [detail, right]);
  const lanes = useMemo(
    () => (open ? epochLanes(detail, { xOf: drawn.xOf, x1: right }) : []),
    [detail, drawn, right, open],
  );
  const height = RIBBONS_PX + (open ? LANES_PX : 0);
  const selected = detail.records.find((r) => r.record === record);
  const { startMs } = detail.association;
  const points = useStore((s) => s.trace.points);
  const names = useMemo(() => endpointNames(detail.association, seenTwice(detail, points) !== null), [detail, points]);
  const stateless = drawn.ribbons.every((r) => r.intervals.length === 0);
  if (stateless && detail.association.epochs.length === 0) return null;

  const clicked = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const nearest = nearestRecord(detail.records, drawn.timeAt(event.clientX - box.left));
    if (nearest) page.selectRecord(nearest.record);
  };

  return (
    <div className="ribbons" ref={host}>
      <button type="button" className="lanes-switch" aria-expanded={open} onClick={() => show(!open)}>
        <span className="twist" aria-hidden="true">
          {open ? '▾' : '▸'}
        </span>
        Epochs
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys step through the records everywhere */}
      <svg width={width} height={height} role="img" aria-label={spoken(detail, names)} onClick={clicked}>
        {drawn.pieces.map((p) => (
          <g key={`${p.x} ${p.lens}`}>
            {p.lens && <rect className="ribbon-lens" x={p.x} y={0} width={p.width} height={height} />}
            {p.lens && (
              <text className="ribbon-time" x={p.x + 3} y={14}>
                {p.fromMs === startMs ? '0 ms' : milliseconds(p.fromMs - startMs).replace(/\.\d+$/, '')}
              </text>
            )}
            {!p.lens && p.width >= LENGTH_PX && (
              <text className="ribbon-length" x={p.x + p.width / 2} y={14}>
                {duration(p.toMs - p.fromMs)}
              </text>
            )}
          </g>
        ))}
        <path className="ribbon-axis" d={`M0 ${AXIS_PX}.5H${width}`} />
        {drawn.ribbons.map(({ sender, intervals }, i) => {
          const y = AXIS_PX + 4 + i * (RIBBON_PX + GAP_PX);
          return (
            <g key={sender}>
              <text className="ribbon-name" x={27} y={y + 13}>
                {names[sender]}
              </text>
              {sender === 'client' ? (
                <circle className="role-client" cx={17} cy={y + 9} r={4} />
              ) : (
                <rect className="role-server" x={13} y={y + 5} width={8} height={8} />
              )}
              {intervals.map((one, k) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: intervals are in a fixed order and have no other identity
                <g key={k}>
                  <StateMark
                    state={one.state}
                    sender={sender}
                    x={one.x}
                    y={y}
                    width={one.width}
                    height={RIBBON_PX}
                    inferred={one.inferred}
                  />
                  {one.labelX !== null && (
                    <>
                      <rect className="ribbon-plate" x={one.labelX - 34} y={y + 2} width={68} height={RIBBON_PX - 4} />
                      <text className="ribbon-state" x={one.labelX} y={y + 13}>
                        {one.state}
                      </text>
                    </>
                  )}
                </g>
              ))}
            </g>
          );
        })}
        <EpochLanes lanes={lanes} y={RIBBONS_PX + 3} names={names} />
        {selected && <Playhead x={drawn.xOf(selected.timeMs)} height={height} />}
      </svg>
    </div>
  );
}

function Playhead({ x, height }: { readonly x: number; readonly height: number }) {
  return (
    <g className="sequence-playhead">
      <path className="sequence-playhead-line" d={`M${x} 0V${height}`} />
      <path d={`M${x - 6} 0h12v8l-6 6-6-6z`} />
    </g>
  );
}

function nearestRecord(records: readonly RecordView[], timeMs: number): RecordView | undefined {
  return records.reduce<RecordView | undefined>(
    (best, r) => (best && Math.abs(best.timeMs - timeMs) <= Math.abs(r.timeMs - timeMs) ? best : r),
    undefined,
  );
}

function spoken({ machines }: AssociationDetail, names: { readonly client: string; readonly server: string }): string {
  const last = (['client', 'server'] as const).map(
    (sender) => `${names[sender]} ends ${machines[sender].at(-1)?.state ?? 'unknown'}`,
  );
  return `States over time: ${last.join(', ')}`;
}

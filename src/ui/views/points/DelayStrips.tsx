/** One-way delays of the shown association, a strip for each direction; a click on a tick selects its record. */
import { type MouseEvent, useMemo } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import type { SeenTwice } from '../../../present/capture-points.ts';
import {
  type DelayStrip,
  type DelayStrips as Drawn,
  delayMs,
  delayStrips,
  tickNear,
} from '../../../present/delay-strips.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';
import { useMediaQuery } from '../sequence/viewport.ts';

const WIDTH = 396;
const LEFT = 100;
const RIGHT = 376;
const TOP = 10;
const STEP = 34;
const TICK = 13;
/** Of a click beside a tick, in px of the picture. */
const WITHIN = 8;

interface Props {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice;
  readonly points: PointsView;
}

export function useDelayStrips({ detail, twice, points }: Props): Drawn | null {
  return useMemo(() => delayStrips(detail, twice, points, { x0: LEFT, x1: RIGHT }), [detail, twice, points]);
}

export function DelayStrips({ drawn }: { readonly drawn: Drawn }) {
  const record = useStore((s) => s.record);
  const coarse = useMediaQuery('(pointer: coarse)');
  const { strips, axis, logarithmic, errorMs } = drawn;
  const bottom = TOP + strips.length * STEP;
  const clicked = (event: MouseEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const scale = WIDTH / box.width;
    const [x, y] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const strip = strips[Math.floor((y - TOP + 6) / STEP)];
    const tick = strip && tickNear(strip.ticks, x, coarse ? 3 * WITHIN : WITHIN);
    if (tick) page.selectRecord(next(tick.records, record));
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys step through the records everywhere */}
      <svg
        className="delay-strips"
        viewBox={`0 0 ${WIDTH} ${bottom + 18}`}
        role="img"
        aria-label={drawn.says}
        onClick={clicked}
      >
        {axis.map(({ x, label }) => (
          <g key={label}>
            <path className="delay-mark" d={`M${x} 6V${bottom}`} />
            <text className="delay-number" textAnchor="middle" x={x} y={bottom + 13}>
              {label}
            </text>
          </g>
        ))}
        <text className="delay-note" x={2} y={bottom + 13}>
          {logarithmic ? 'ms, log, ▲ median' : 'ms, ▲ median'}
        </text>
        {strips.map((strip, i) => (
          <Strip key={strip.sender} strip={strip} y={TOP + i * STEP} selected={record} />
        ))}
      </svg>
      <p className="delay-error muted">
        <span aria-hidden="true">├─┤ </span>± {delayMs(errorMs)} ms between the clocks; only the sum of both is exact.
      </p>
    </>
  );
}

/** Records of one tick are selected one after the other. */
function next(records: readonly [number, ...number[]], selected: number | null): number {
  const at = records.indexOf(selected ?? -1);
  return records[(at + 1) % records.length] ?? records[0];
}

interface StripProps {
  readonly strip: DelayStrip;
  readonly y: number;
  readonly selected: number | null;
}

function Strip({ strip, y, selected }: StripProps) {
  const { sender, medianMs, medianX, errorX, ticks } = strip;
  const base = y + TICK;
  const here = selected === null ? undefined : ticks.find(({ records }) => records.includes(selected));
  const ticksPath = ticks.map(({ x }) => `M${x} ${y}V${base}`).join('');
  return (
    <g className={`role-${sender}-figure`}>
      <text x={2} y={y + 7}>
        {sender === 'client' ? 'client → server' : 'server → client'}
      </text>
      <text className="delay-number" x={2} y={y + 21}>
        {delayMs(medianMs)} ms
      </text>
      <path className="delay-base" d={`M${LEFT} ${base}.5H${RIGHT}`} />
      <path className="delay-ticks" d={ticksPath} />
      {here && <rect className="delay-here" x={here.x - 3.5} y={y - 3} width={7} height={TICK + 4} />}
      <path className="delay-median" d={`M${medianX} ${base + 2}l4 7h-8z`} />
      <path className="delay-whisker" d={whisker(errorX[0], errorX[1], base + 12)} />
    </g>
  );
}

function whisker(from: number, to: number, y: number): string {
  return `M${from} ${y - 2}v4M${to} ${y - 2}v4M${from} ${y}H${to}`;
}

/** Where on the path was captured: one flag at a side, or the names of two points. */
import type { VantageView } from '../../../analysis/story.ts';
import type { Flag } from '../../../present/capture-flag.ts';
import type { SeenTwice } from '../../../present/capture-points.ts';
import type { Columns } from '../../../present/sequence-columns.ts';

interface FlagProps {
  readonly vantage: VantageView;
  readonly flag: Flag;
}

export function CaptureFlag({ vantage, flag: { text, side, x, width, short } }: FlagProps) {
  const shape = `M.5 11.5l6-7h${width - 7}v14h-${width - 7}z`;
  return (
    <span
      className={`sequence-flag sequence-flag-${side}`}
      data-inferred={vantage.certainty === 'inferred' || undefined}
      style={{ left: x, width }}
      title={vantage.reason}
    >
      <svg width={width} height="23" aria-hidden="true">
        <path d={shape} transform={side === 'server' ? `translate(${width} 0) scale(-1 1)` : undefined} />
      </svg>
      <span className={short ? 'unseen' : 'sequence-flag-text'}>{text}</span>
      {vantage.certainty === 'inferred' && <span className="unseen">, inferred</span>}
    </span>
  );
}

interface PointProps {
  readonly twice: SeenTwice;
  readonly columns: Columns;
}

export function PointFlags({ twice, columns: { points } }: PointProps) {
  if (!points) return null;
  return (['client', 'server'] as const).map((side) => (
    <span
      key={side}
      className="sequence-point-flag"
      style={{ left: points[side] - 9 }}
      title={`Capture point ${twice.near[side]}, near the ${side}`}
    >
      <svg width="18" height="19" aria-hidden="true">
        <path d="M0 0h18v13l-9 6-9-6z" />
      </svg>
      <span className="sequence-flag-text">{twice.near[side]}</span>
    </span>
  ));
}

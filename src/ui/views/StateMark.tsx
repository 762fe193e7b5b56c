/** One state as it looks on a ribbon and in the machine: PREPARING hollow, SENDING solid, WAITING hatched, FINISHED a narrow bar. */
import type { MachineStateName } from '../../analysis/story.ts';
import type { Sender } from '../../analysis/trace.ts';

interface Props {
  readonly state: MachineStateName;
  readonly sender: Sender;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly inferred?: boolean;
}

export function StateMark({ state, sender, x, y, width, height, inferred = false }: Props) {
  const frame = { x: x + 0.5, y: y + 0.5, width: Math.max(0, width - 1), height: height - 1 };
  switch (state) {
    case 'PREPARING':
      return (
        <rect className={`state-hollow tone-${sender}`} {...frame} strokeDasharray={inferred ? '3 2' : undefined} />
      );
    case 'SENDING':
      return <rect className={`state-solid tone-${sender}`} x={x} y={y} width={width} height={height} />;
    case 'WAITING':
      return (
        <g className={`tone-${sender}`}>
          <rect x={x} y={y} width={width} height={height} fill={`url(#hatch-${sender})`} />
          <rect className="state-hollow" {...frame} strokeDasharray={inferred ? '3 2' : undefined} />
        </g>
      );
    case 'FINISHED':
      return (
        <rect
          className={`state-solid tone-${sender}`}
          x={x}
          y={height > width ? y : y + height / 2 - 2}
          width={height > width ? 4 : width}
          height={height > width ? height : 4}
        />
      );
    case 'CLOSED':
    case 'ABANDONED':
      return (
        <path
          className="state-ended"
          d={`M${x} ${y + height / 2 + 0.5}h${width}`}
          strokeDasharray={state === 'ABANDONED' ? '2 4' : '1 2'}
        />
      );
  }
}

/** The hatches, once in the page: all drawings refer to them, the machines also beside the statistics. */
export function StatePatterns() {
  return (
    <svg className="unseen" aria-hidden="true" width="0" height="0">
      {(['client', 'server'] as const).map((sender) => (
        <pattern
          key={sender}
          id={`hatch-${sender}`}
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="5" height="5" fill="var(--bg)" />
          <rect width="2" height="5" fill={`var(--${sender})`} fillOpacity="0.75" />
        </pattern>
      ))}
      <pattern id="hatch-closed" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <rect width="1.2" height="6" fill="var(--muted)" fillOpacity="0.6" />
      </pattern>
    </svg>
  );
}

/** Under the state ribbons, on their axis: which epoch each side writes and can read, and what does not fit. */
import type { EpochLane, LaneMark } from '../../present/epoch-lanes.ts';

export const LANE_PX = 13;
export const LANE_STEP_PX = LANE_PX + 3;

interface Props {
  readonly lanes: readonly EpochLane[];
  /** Top of the first lane. */
  readonly y: number;
  readonly names: { readonly client: string; readonly server: string };
}

export function EpochLanes({ lanes, y: top, names }: Props) {
  return lanes.map((lane, i) => {
    const y = top + i * LANE_STEP_PX;
    return (
      <g key={`${lane.sender} ${lane.does}`} className="lane">
        <text className="lane-name" x={27} y={y + 10.5}>
          {names[lane.sender]} {lane.does}
        </text>
        {lane.bands.map((band) => (
          <g key={band.epoch}>
            <rect
              className={`epoch-${Math.min(band.epoch, 3)} lane-band`}
              data-inferred={band.inferred || undefined}
              x={band.x}
              y={y}
              width={band.width}
              height={LANE_PX}
            />
            {!band.keys && (
              <rect x={band.x} y={y} width={band.width} height={LANE_PX} fill="url(#hatch-closed)">
                <title>{`No key for epoch ${band.epoch}`}</title>
              </rect>
            )}
            <path className="lane-start" d={`M${band.x} ${y - 1}v${LANE_PX + 2}`} />
          </g>
        ))}
        <path className="lane-tick" d={lane.ticks.map((x) => `M${x} ${y + 3}v${LANE_PX - 3}`).join('')} />
        {lane.bands.map(
          (band) =>
            band.label !== null && (
              <text
                key={band.epoch}
                className={`lane-epoch halo-${Math.min(band.epoch, 3)}`}
                x={band.x + 4}
                y={y + 10.5}
              >
                {band.label}
              </text>
            ),
        )}
        {lane.marks.map((mark) => (
          <Mark key={`${mark.kind} ${mark.x}`} mark={mark} y={y} />
        ))}
      </g>
    );
  });
}

function Mark({ mark: { kind, x, says }, y }: { readonly mark: LaneMark; readonly y: number }) {
  return (
    <g className={`lane-${kind}`}>
      <title>{says}</title>
      <rect className="lane-hit" x={x - 5} y={y} width={10} height={LANE_PX + 3} />
      {kind === 'late' && <path d={`M${x} ${y + LANE_PX - 2}v5`} />}
      {kind === 'early' && <path d={`M${x - 4} ${y + 2.5}h8l-4 7z`} />}
      {kind === 'missing' && <path d={`M${x - 3.5} ${y + 3}l7 7m0-7l-7 7`} />}
      {kind === 'dropped' && (
        <path d={`M${x - 3.5} ${y + 6.5}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M${x - 2.5} ${y + 9}l5-5`} />
      )}
    </g>
  );
}

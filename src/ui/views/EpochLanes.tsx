/** Under the state ribbons, on their axis: which epoch each side writes and can read, and what does not fit. */
import type { EndpointNames } from '../../present/capture-points.ts';
import type { EpochLane, LaneMark } from '../../present/epoch-lanes.ts';
import type { DensityBar } from '../../present/lane-ticks.ts';
import { LANE_PX, laneTop } from './time/scene.ts';

interface Props {
  readonly lanes: readonly EpochLane[];
  readonly names: EndpointNames;
}

const BAR_PX = LANE_PX - 3;
const LEAST_BAR_PX = 2;

export function EpochLanes({ lanes, names }: Props) {
  return lanes.map((lane, i) => {
    const y = laneTop(i);
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
            {!band.keys && <rect x={band.x} y={y} width={band.width} height={LANE_PX} fill="url(#hatch-closed)" />}
          </g>
        ))}
        {!lane.captured && <Afar lane={lane} y={y} />}
        <path className="lane-start" d={lane.bands.map((band) => `M${band.x} ${y - 1}v${LANE_PX + 2}`).join('')} />
        <path className="lane-tick" d={lane.ticks.map((x) => `M${x} ${y + 3}v${LANE_PX - 3}`).join('')} />
        <path className="lane-bars" d={lane.bars.map((bar) => barPath(bar, y + LANE_PX)).join('')} />
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

/** The side was not captured where it is: its lane has a dashed outline. */
function Afar({ lane: { bands }, y }: { readonly lane: EpochLane; readonly y: number }) {
  const [first, last] = [bands[0], bands.at(-1)];
  if (!first || !last) return null;
  const width = Math.max(0, last.x + last.width - first.x - 1);
  return <rect className="lane-afar" x={first.x + 0.5} y={y + 0.5} width={width} height={LANE_PX - 1} />;
}

function barPath({ x, width, level }: DensityBar, bottom: number): string {
  const height = LEAST_BAR_PX + level * (BAR_PX - LEAST_BAR_PX);
  return `M${x} ${bottom}v${-height}h${width}v${height}z`;
}

function Mark({ mark: { kind, x }, y }: { readonly mark: LaneMark; readonly y: number }) {
  return (
    <g className={`lane-${kind}`}>
      {kind === 'late' && <path d={`M${x} ${y + LANE_PX - 2}v5`} />}
      {kind === 'early' && <path d={`M${x - 4} ${y + 2.5}h8l-4 7z`} />}
      {kind === 'missing' && <path d={`M${x - 3.5} ${y + 3}l7 7m0-7l-7 7`} />}
      {kind === 'dropped' && (
        <path d={`M${x - 3.5} ${y + 6.5}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M${x - 2.5} ${y + 9}l5-5`} />
      )}
    </g>
  );
}

/** The axis and the states of both endpoints: drawn once, whatever the playhead does. */
import { Fragment, memo } from 'react';
import type { Sender } from '../../../analysis/trace.ts';
import type { AxisPiece } from '../../../present/axis-pieces.ts';
import type { Interval } from '../../../present/state-ribbons.ts';
import { duration } from '../../../present/time-scale.ts';
import { EpochLanes } from '../EpochLanes.tsx';
import { StateMark } from '../StateMark.tsx';
import { AXIS_PX, RIBBON_PX, ribbonTop, type Scene } from './scene.ts';

/** A silence narrower than this has no room for its length, or for lines beside it. */
const LENGTH_PX = 34;
const LINED_PX = 76;
const PLATE_PX = { letter: 7.3, edges: 8 };

export const RibbonDrawing = memo(function RibbonDrawing({ scene }: { readonly scene: Scene }) {
  const { drawn, marks, names, lanes, width, height } = scene;
  return (
    <>
      {drawn.pieces.map((piece) => (
        <Piece key={`${piece.x} ${piece.lens}`} piece={piece} height={height} magnified={drawn.pieces.length > 1} />
      ))}
      {marks.map(({ x, text }, i) => (
        <Fragment key={x}>
          <path className="ribbon-axis" d={`M${Math.round(x) + 0.5} 0V${i === 0 ? height : AXIS_PX}`} />
          <text className="ribbon-time" x={x + (i === 0 ? 9 : 3)} y={14}>
            {text}
          </text>
        </Fragment>
      ))}
      <path className="ribbon-axis" d={`M0 ${AXIS_PX}.5H${width}`} />
      {drawn.ribbons.map(({ sender, intervals }, i) => (
        <Fragment key={sender}>
          <text className="ribbon-name" x={27} y={ribbonTop(i) + 13}>
            {names[sender]}
          </text>
          <Emblem sender={sender} y={ribbonTop(i)} />
          {intervals.map((one, k) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: intervals are in a fixed order and have no other identity
            <State key={k} interval={one} sender={sender} y={ribbonTop(i)} />
          ))}
          {intervals.map(
            ({ labelX, state }) =>
              labelX !== null && <StateName key={labelX} x={labelX} y={ribbonTop(i)} state={state} />,
          )}
        </Fragment>
      ))}
      <EpochLanes lanes={lanes} names={names} />
    </>
  );
});

function Piece({
  piece: { x, width, fromMs, toMs, lens },
  height,
  magnified,
}: {
  readonly piece: AxisPiece;
  readonly height: number;
  readonly magnified: boolean;
}) {
  if (lens) return <rect className="ribbon-lens" x={x} y={0} width={width} height={height} />;
  if (!magnified || width < LENGTH_PX) return null;
  const middle = x + width / 2;
  return (
    <>
      <text className="ribbon-length" x={middle} y={14}>
        {silenceLength(toMs - fromMs)}
      </text>
      {width >= LINED_PX && (
        <path className="ribbon-line" d={`M${x + 5} 10.5H${middle - 24}M${middle + 24} 10.5H${x + width - 5}`} />
      )}
    </>
  );
}

/** Two digits, so that a doubling timer can be read off: "1.00 s", "2.01 s". */
function silenceLength(ms: number): string {
  return ms >= 999.5 && ms < 9995 ? `${(ms / 1000).toFixed(2)} s` : duration(ms);
}

function Emblem({ sender, y }: { readonly sender: Sender; readonly y: number }) {
  return sender === 'client' ? (
    <circle className="role-client" cx={17} cy={y + 9} r={4} />
  ) : (
    <rect className="role-server" x={13} y={y + 5} width={8} height={8} />
  );
}

interface StateProps {
  readonly interval: Interval;
  readonly sender: Sender;
  readonly y: number;
}

/** A resend of a side that is done is a block on its bar. */
function State({ interval: { state, inferred, resend, x, width }, sender, y }: StateProps) {
  const height = resend ? RIBBON_PX - 6 : RIBBON_PX;
  const top = resend ? y + 3 : y;
  return <StateMark {...{ state, sender, x, y: top, width, height, inferred }} />;
}

function StateName({ x, y, state }: { readonly x: number; readonly y: number; readonly state: string }) {
  const width = state.length * PLATE_PX.letter + PLATE_PX.edges;
  return (
    <>
      <rect className="ribbon-plate" x={x - width / 2} y={y + 2} width={width} height={RIBBON_PX - 4} />
      <text className="ribbon-state" x={x} y={y + 13}>
        {state}
      </text>
    </>
  );
}

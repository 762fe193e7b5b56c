/** What moves with the playhead: its line, the muted ground after it, and the outline of the replay windows. */
import { replayWindowsAt } from '../../../present/replay-window-at.ts';
import { playheadOf } from '../../store/playhead.ts';
import { useStore } from '../../store/store.ts';
import { AXIS_PX, LANE_PX, laneTop, type Scene } from './scene.ts';

export function PlayheadMarks({ scene }: { readonly scene: Scene }) {
  const timeMs = useStore(playheadOf);
  const outlined = useStore((s) => s.replayWindow);
  const muted = useStore((s) => !s.untouched || s.playheadMs !== null);
  if (timeMs === null) return null;
  const { width, height, drawn } = scene;
  const x = drawn.xOf(timeMs);
  return (
    <>
      {muted && <rect className="ribbon-after" x={x} y={AXIS_PX + 1} width={Math.max(0, width - x)} height={height} />}
      {outlined && <ReplayWindows scene={scene} timeMs={timeMs} />}
      <g className="sequence-playhead" data-playhead="">
        <path className="sequence-playhead-line" d={`M${x} 0V${height}`} />
        <path d={`M${x - 6} 0h12v8l-6 6-6-6z`} />
      </g>
    </>
  );
}

function ReplayWindows({ scene, timeMs }: { readonly scene: Scene; readonly timeMs: number }) {
  const { detail, drawn, lanes } = scene;
  return replayWindowsAt(detail, timeMs).map(({ reader, fromMs, toMs }) => {
    const index = lanes.findIndex((lane) => lane.sender === reader && lane.does === 'reads');
    if (index < 0) return null;
    const from = drawn.xOf(fromMs) - 3;
    const width = drawn.xOf(toMs) + 3 - from;
    return (
      <rect key={reader} className="replay-window" x={from} y={laneTop(index) - 1} width={width} height={LANE_PX + 2} />
    );
  });
}

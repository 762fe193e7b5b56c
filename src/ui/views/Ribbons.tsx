/** Under the diagram, on a time axis of their own: the states of both endpoints, and their epochs. */
import { useMemo, useRef } from 'react';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { laneWords } from '../../present/lane-hit.ts';
import { useStore } from '../store/store.ts';
import { LaneNoteButtons, LaneNoteMarks } from './notes/LaneNotes.tsx';
import { ROOMY, useMediaQuery, useWidth } from './sequence/viewport.ts';
import { PlayheadMarks } from './time/PlayheadMarks.tsx';
import { RibbonDrawing } from './time/RibbonDrawing.tsx';
import { type Scene, useScene } from './time/scene.ts';
import { TimeSlider } from './time/TimeSlider.tsx';
import './ribbons.css';

export function Ribbons({ detail }: { readonly detail: AssociationDetail }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const points = useStore((s) => s.trace.points);
  const axis = useStore((s) => s.axis);
  const roomy = useMediaQuery(ROOMY);
  const open = useStore((s) => s.lanes) ?? roomy;
  const scene = useScene(detail, { points, width, axis, open });
  const stateless = scene.drawn.ribbons.every((r) => r.intervals.length === 0);
  if (stateless && detail.association.epochs.length === 0) return null;
  return (
    <div className="ribbons" ref={host}>
      <LaneSwitches open={open} />
      <TimeSlider scene={scene}>
        <svg width={width} height={scene.height} aria-hidden="true">
          {width > 0 && <RibbonDrawing scene={scene} />}
          {width > 0 && <LaneNoteMarks scene={scene} />}
          {width > 0 && <PlayheadMarks scene={scene} />}
        </svg>
      </TimeSlider>
      {width > 0 && <LaneNoteButtons scene={scene} />}
      <Said scene={scene} />
    </div>
  );
}

function LaneSwitches({ open }: { readonly open: boolean }) {
  const show = useStore((s) => s.showLanes);
  const outlined = useStore((s) => s.replayWindow);
  const outline = useStore((s) => s.toggleReplayWindow);
  return (
    <div className="lanes-switches">
      <button type="button" aria-expanded={open} onClick={() => show(!open)}>
        <span className="twist" aria-hidden="true">
          {open ? '▾' : '▸'}
        </span>
        Epochs
      </button>
      {open && (
        <button
          type="button"
          className="window-switch"
          aria-pressed={outlined}
          aria-label="64: outline of the replay windows"
          title="Outline the anti-replay window of each reader at the playhead: 64 numbers up to the highest that came"
          onClick={outline}
        >
          64
        </button>
      )}
    </div>
  );
}

/** What the lanes show, in words: the drawing itself is not read aloud. */
function Said({ scene: { detail, names, lanes } }: { readonly scene: Scene }) {
  const says = useMemo(() => {
    const last = (['client', 'server'] as const).map(
      (sender) => `${names[sender]} ends ${detail.machines[sender].at(-1)?.state ?? 'unknown'}`,
    );
    return [`${last.join(', ')}.`, ...lanes.map((lane) => laneWords(lane, names))].join(' ');
  }, [detail, names, lanes]);
  return (
    <p className="unseen" id="lanes-said">
      {says}
    </p>
  );
}

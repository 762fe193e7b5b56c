/** The ground on which the playhead is dragged. To keys and screen readers it is a slider over the records. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
  useState,
} from 'react';
import { laneWords } from '../../../present/lane-hit.ts';
import { playheadSentence } from '../../../present/playhead-text.ts';
import { recordAtTime, timelineOf } from '../../../present/timeline.ts';
import { run } from '../../commands/commands.ts';
import type { Command } from '../../keyboard.ts';
import { page } from '../../page.ts';
import { stop } from '../../playing.ts';
import { playheadOf, selectedRecord } from '../../store/playhead.ts';
import { useStore } from '../../store/store.ts';
import { hitAt, LEFT_PX, type Scene } from './scene.ts';

interface Props {
  readonly scene: Scene;
  readonly children: ReactNode;
}

/** In the window: above what it speaks of, and never cut off by the strip. */
interface Tip {
  readonly x: number;
  readonly y: number;
  readonly says: string;
}

/** A hand that clicks moves this much. */
const STILL_PX = 3;
/** Clear of the buttons over the lanes. */
const ABOVE_PX = -26;
const KEYS: Readonly<Partial<Record<string, Command>>> = {
  ArrowUp: 'nextRecord',
  ArrowDown: 'previousRecord',
  PageUp: 'nextAttempt',
  PageDown: 'previousAttempt',
};

export function TimeSlider({ scene, children }: Props) {
  const { detail, names } = scene;
  const { startMs, endMs } = detail.association;
  const timeMs = useStore(playheadOf) ?? startMs;
  const record = useStore(selectedRecord);
  const [tip, setTip] = useState<Tip | null>(null);
  const drag = useDrag(scene, setTip);
  const pressed = (event: KeyboardEvent) => {
    const command = event.altKey || event.ctrlKey || event.metaKey ? undefined : KEYS[event.key];
    if (!command) return;
    run(command);
    event.preventDefault();
  };
  const focused = ({ currentTarget }: { readonly currentTarget: Element }) => {
    if (currentTarget.matches(':focus-visible')) setTip(gapsTip(scene, currentTarget.getBoundingClientRect()));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      data-time-slider=""
      className="time-slider"
      aria-label="Playhead"
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Math.max(0, Math.round(endMs - startMs))}
      aria-valuenow={Math.round(Math.min(Math.max(timeMs, startMs), endMs) - startMs)}
      aria-valuetext={playheadSentence(detail, timeMs, record, names)}
      aria-describedby="lanes-said"
      onKeyDown={pressed}
      onFocus={focused}
      onBlur={() => setTip(null)}
      {...drag}
    >
      {children}
      {tip && <TipText tip={tip} />}
    </div>
  );
}

function TipText({ tip: { x, y, says } }: { readonly tip: Tip }) {
  const side = x > window.innerWidth / 2 ? { right: window.innerWidth - x - 12 } : { left: Math.max(4, x - 12) };
  return (
    <div className="lane-tip" style={{ top: y - 4, ...side }} aria-hidden="true">
      {says}
    </div>
  );
}

/** For those who come by keyboard: what is missing, of all lanes. */
function gapsTip({ lanes, names }: Scene, { left, top }: DOMRect): Tip | null {
  const says = lanes.filter((lane) => lane.missing !== '').map((lane) => laneWords(lane, names));
  return says.length === 0 ? null : { x: left + LEFT_PX, y: top + ABOVE_PX, says: says.join('\n') };
}

/** Pointer moves are taken once a frame; between pressing and letting go the playhead is where the pointer is. */
function useDrag(scene: Scene, setTip: (tip: Tip | null) => void) {
  const hand = useRef<{ startX: number; moved: boolean; chooses: boolean } | null>(null);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const soon = (work: () => void) => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(work);
  };
  const placeOf = ({ currentTarget, clientX, clientY }: PointerEvent) => {
    const box = currentTarget.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top, box };
  };
  const end = () => {
    if (!hand.current) return;
    hand.current = null;
    cancelAnimationFrame(frame.current);
    useStore.getState().movePlayhead(null);
  };
  return {
    onMouseDown(event: MouseEvent<HTMLElement>) {
      if (!event.shiftKey) return;
      // Else the browser would select the text between here and the last click.
      event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
    },
    onPointerDown(event: PointerEvent) {
      const { x, y } = placeOf(event);
      if (event.button !== 0 || x < LEFT_PX - 6) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      stop();
      setTip(null);
      hand.current = { startX: x, moved: false, chooses: event.shiftKey };
      if (event.shiftKey) {
        // With Shift a stretch of time is chosen, to be noted.
        useStore.getState().chooseTime(null);
        return;
      }
      const record = hitAt(scene, x, y)?.record ?? null;
      if (record !== null) page.selectRecord(record);
      else scrubTo(scene, x);
    },
    onPointerMove(event: PointerEvent) {
      const place = placeOf(event);
      const pressed = hand.current;
      if (pressed) {
        if (!pressed.moved && Math.abs(place.x - pressed.startX) < STILL_PX) return;
        pressed.moved = true;
        soon(() => (pressed.chooses ? chooseTo(scene, pressed.startX, place.x) : scrubTo(scene, place.x)));
      } else {
        soon(() => {
          const hit = hitAt(scene, place.x, place.y);
          setTip(hit && { x: place.box.left + place.x, y: place.box.top + hit.y, says: hit.says });
        });
      }
    },
    onPointerUp: end,
    onPointerCancel: end,
    onLostPointerCapture: end,
    onPointerLeave() {
      if (hand.current) return;
      cancelAnimationFrame(frame.current);
      setTip(null);
    },
  };
}

function chooseTo({ drawn, width }: Scene, ...ends: readonly [number, number]): void {
  const [fromMs, toMs] = ends.toSorted((a, b) => a - b).map((x) => drawn.timeAt(Math.min(width, Math.max(LEFT_PX, x))));
  if (fromMs !== undefined && toMs !== undefined) useStore.getState().chooseTime({ fromMs, toMs });
}

function scrubTo({ detail, drawn, width }: Scene, x: number): void {
  const timeMs = drawn.timeAt(Math.min(width, Math.max(LEFT_PX, x)));
  useStore.getState().movePlayhead(timeMs);
  const record = recordAtTime(timelineOf(detail), timeMs);
  if (record) page.selectRecord(record.record);
}

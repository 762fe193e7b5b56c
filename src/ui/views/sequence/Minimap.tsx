/**
 * The whole diagram beside the part that is seen. A click or a drag scrolls; for everybody else the scroll bar and the
 * keys of the list do the same.
 */
import { memo, type PointerEvent, type RefObject, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Association } from '../../../analysis/trace.ts';
import type { SequenceLayout } from '../../../present/sequence-layout.ts';
import { type MapKind, sequenceMap } from '../../../present/sequence-map.ts';
import { scrollerOf } from './viewport.ts';

interface Props {
  readonly layout: SequenceLayout;
  readonly association: Association;
  readonly drawing: RefObject<Element | null>;
  readonly headerPx: number;
}

export const MAP_PX = 48;

/** From and to, across the strip: the client's lines at the left, the server's at the right. */
const ACROSS: Readonly<Record<MapKind, readonly [number, number]>> = {
  client: [5, 16],
  server: [25, 36],
  retransmitted: [16, 25],
  undecryptable: [16, 25],
  lost: [5, 36],
  failure: [2, 39],
  finding: [41, 46],
};

export const Minimap = memo(function Minimap({ layout, association, drawing, headerPx }: Props) {
  const frame = useRef<SVGRectElement>(null);
  const [height, setHeight] = useState(0);
  const marks = useMemo(() => sequenceMap(layout, association, height), [layout, association, height]);

  useLayoutEffect(() => {
    const scroller = drawing.current && scrollerOf(drawing.current);
    if (!scroller) return;
    const measured = () => setHeight(Math.max(0, scroller.clientHeight - headerPx));
    measured();
    const observer = new ResizeObserver(measured);
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [drawing, headerPx]);

  // The frame is moved without drawing anything anew.
  useLayoutEffect(() => {
    const scroller = drawing.current && scrollerOf(drawing.current);
    if (!scroller || height === 0) return;
    const scale = height / layout.height;
    const moved = () => {
      frame.current?.setAttribute('y', String(scroller.scrollTop * scale));
      frame.current?.setAttribute('height', String(Math.max(6, height * scale)));
    };
    moved();
    scroller.addEventListener('scroll', moved, { passive: true });
    return () => scroller.removeEventListener('scroll', moved);
  }, [drawing, height, layout.height]);

  const scrolled = (event: PointerEvent<SVGSVGElement>) => {
    const scroller = drawing.current && scrollerOf(drawing.current);
    if (!scroller || event.buttons === 0) return;
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    const at = event.clientY - event.currentTarget.getBoundingClientRect().top;
    scroller.scrollTop = (at / height) * layout.height - height / 2;
  };

  return (
    <svg
      className="sequence-map"
      aria-hidden="true"
      width={MAP_PX}
      height={height}
      style={{ top: headerPx }}
      onPointerDown={scrolled}
      onPointerMove={scrolled}
    >
      {marks.map(({ kind, at }) => (
        <path
          key={kind}
          className={`map-mark map-${kind}`}
          d={at.map((y) => `M${ACROSS[kind][0]} ${y + 0.5}H${ACROSS[kind][1]}`).join('')}
        />
      ))}
      <rect ref={frame} className="map-frame" x={0.5} width={MAP_PX - 1} />
    </svg>
  );
});

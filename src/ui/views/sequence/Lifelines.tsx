/** Lifelines are ribbons of states. Where no state is known they are quiet. */
import { memo } from 'react';
import type { Lifeline } from '../../../present/sequence-layout.ts';
import type { StateBlock, StateLifelines, StateStretch } from '../../../present/sequence-lifelines.ts';
import type { Range } from './viewport.ts';

interface Props {
  readonly lifelines: readonly Lifeline[];
  readonly states: StateLifelines;
  /** What is drawn of a long trace; null for all. */
  readonly range: Range | null;
}

const WIDTH_PX = 9;

export const Lifelines = memo(function Lifelines({ lifelines, states, range }: Props) {
  const near = ({ y1, y2 }: { readonly y1: number; readonly y2: number }) =>
    range === null || (y2 >= range.from && y1 <= range.to);
  return lifelines.map((line) => {
    const own = states.stretches.filter(({ sender }) => sender === line.sender);
    const known = own[0]?.y1 ?? line.y2;
    return (
      <g key={line.sender} className={`tone-${line.sender}`}>
        <Quiet x={line.x} y1={line.y1} y2={known} />
        {own.filter(near).map((stretch) => (
          <Stretch key={`${stretch.y1} ${stretch.state}`} stretch={stretch} x={line.x} />
        ))}
        {states.blocks
          .filter((block) => block.sender === line.sender && near(block))
          .map((block) => (
            <Block key={`${block.kind} ${block.y1}`} block={block} x={line.x} />
          ))}
      </g>
    );
  });
});

function Quiet({ x, y1, y2 }: { readonly x: number; readonly y1: number; readonly y2: number }) {
  if (y2 - y1 < 2) return null;
  return <rect className="sequence-lifeline" x={x - 4.5} y={y1 + 0.5} width={WIDTH_PX} height={y2 - y1 - 1} />;
}

function Stretch({ stretch, x }: { readonly stretch: StateStretch; readonly x: number }) {
  const { state, sender, inferred, y1, y2 } = stretch;
  const frame = { x: x - 4.5, y: y1, width: WIDTH_PX, height: y2 - y1 };
  const inner = { x: x - 4, y: y1 + 0.5, width: WIDTH_PX - 1, height: Math.max(0, y2 - y1 - 1) };
  const outline = `sequence-state ${inferred ? 'sequence-state-inferred' : ''}`;
  switch (state) {
    case 'PREPARING':
      return <rect className={outline} {...inner} />;
    case 'SENDING':
      return <rect className="sequence-fill" {...frame} />;
    case 'WAITING':
      return (
        <g>
          <rect fill={`url(#hatch-${sender})`} {...frame} />
          <rect className={`${outline} sequence-state-over`} {...inner} />
        </g>
      );
    case 'FINISHED':
      return <rect className="sequence-fill" x={x - 2} y={y1} width={4} height={y2 - y1} />;
    case 'CLOSED':
    case 'ABANDONED':
      return <path className="sequence-ended" d={`M${x} ${y1}V${y2}`} />;
  }
}

function Block({ block: { kind, y1, y2 }, x }: { readonly block: StateBlock; readonly x: number }) {
  return kind === 'unseen' ? (
    <rect className="sequence-state sequence-unseen" x={x - 4} y={y1 + 0.5} width={8} height={y2 - y1 - 0.5} />
  ) : (
    <rect className="sequence-fill" x={x - 4.5} y={y1} width={WIDTH_PX} height={y2 - y1} />
  );
}

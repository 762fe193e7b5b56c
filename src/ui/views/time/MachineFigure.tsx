/** The figure of RFC 6347 §4.2.4 (RFC 9147 §5.8.1) twice and mirrored, so that the inner edges share their labels. */
import { memo } from 'react';
import type { MachineStateName } from '../../../analysis/story.ts';
import type { Sender } from '../../../analysis/trace.ts';
import type { Edge } from '../../../present/machine-at.ts';
import { StateMark } from '../StateMark.tsx';

const WIDTH = 384;
const HEIGHT = 226;
const BOX = { width: 92, height: 26 };
const CENTRES: Readonly<Record<Sender, number>> = { client: 74, server: WIDTH - 74 };
const STATES = ['PREPARING', 'SENDING', 'WAITING', 'FINISHED'] as const;
const TOPS = { PREPARING: 14, SENDING: 72, WAITING: 130, FINISHED: 188 } as const;

const LABELS: readonly { readonly y: number; readonly text: string; readonly edges: readonly Edge[] }[] = [
  { y: 45, text: 'buffer next flight', edges: ['PS'] },
  { y: 95, text: 'send flight, set timer', edges: ['SW'] },
  { y: 111, text: 'timer expires', edges: ['WS'] },
  { y: 153, text: 'send or receive', edges: ['SF', 'WF'] },
  { y: 166, text: 'last flight', edges: ['SF', 'WF'] },
  { y: 219, text: 'repeat last flight', edges: ['FF'] },
];

interface Props {
  /** State and last transition of either side. */
  readonly clientState: MachineStateName | null;
  readonly clientEdge: Edge | null;
  readonly serverState: MachineStateName | null;
  readonly serverEdge: Edge | null;
  readonly says: string;
}

/** Plain values for props: while a timer runs down, nothing here is drawn anew. */
export const MachineFigure = memo(function MachineFigure(props: Props) {
  const { clientState, clientEdge, serverState, serverEdge, says } = props;
  const isLit = (of: readonly Edge[]) => [clientEdge, serverEdge].some((edge) => edge !== null && of.includes(edge));
  return (
    <svg className="machines-figure" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={says}>
      <Figure sender="client" state={clientState} edge={clientEdge} />
      <Figure sender="server" state={serverState} edge={serverEdge} />
      {LABELS.map(({ y, text, edges: of }) => (
        <text key={text} x={WIDTH / 2} y={y} data-lit={isLit(of)}>
          {text}
        </text>
      ))}
    </svg>
  );
});

interface FigureProps {
  readonly sender: Sender;
  readonly state: MachineStateName | null;
  readonly edge: Edge | null;
}

function Figure({ sender, state, edge }: FigureProps) {
  const cx = CENTRES[sender];
  const inner = sender === 'client' ? 1 : -1;
  const left = cx - BOX.width / 2;
  return (
    <g className={`role-${sender}-figure`}>
      {edges(cx, inner).map(({ id, path, tip, turn }) => {
        const lit = id === edge;
        return (
          <g key={id} data-lit={lit} className="machine-edge">
            <path d={path} />
            <path
              className="machine-tip"
              d={lit ? 'M0 0L-8 -4.4V4.4Z' : 'M0 0L-6 -3.2V3.2Z'}
              transform={`translate(${tip[0]} ${tip[1]}) rotate(${turn})`}
            />
          </g>
        );
      })}
      {STATES.map((name) => {
        const here = name === state;
        return (
          <g key={name} className="machine-state" data-here={here}>
            <rect x={left} y={TOPS[name]} width={BOX.width} height={BOX.height} rx={3} />
            {here && <StateMark state={name} sender={sender} x={left + 5} y={TOPS[name] + 5} width={8} height={16} />}
            <text x={cx + (here ? 6 : 0)} y={TOPS[name] + 17}>
              {name}
            </text>
          </g>
        );
      })}
    </g>
  );
}

interface Drawn {
  readonly id: Edge;
  readonly path: string;
  readonly tip: readonly [number, number];
  readonly turn: number;
}

function edges(cx: number, inner: 1 | -1): readonly Drawn[] {
  const { PREPARING: p, SENDING: s, WAITING: w, FINISHED: f } = TOPS;
  const { height: h, width } = BOX;
  const xi = cx + (inner * width) / 2;
  const xo = cx - (inner * width) / 2;
  const b = (n: number) => xi + inner * n;
  const o = (n: number) => xo - inner * n;
  const inward = inner === 1 ? 180 : 0;
  const outward = inner === 1 ? 0 : 180;
  const down = (id: Edge, from: number, to: number): Drawn => ({
    id,
    path: `M${cx} ${from + h}V${to - 5}`,
    tip: [cx, to - 1],
    turn: 90,
  });
  return [
    down('PS', p, s),
    down('SW', s, w),
    down('WF', w, f),
    {
      id: 'WS',
      path: `M${xi} ${w + 10}C${b(18)} ${w + 10} ${b(18)} ${s + 19} ${b(5)} ${s + 19}`,
      tip: [b(1), s + 19],
      turn: inward,
    },
    {
      id: 'SF',
      path: `M${xi} ${s + 8}C${b(34)} ${s + 8} ${b(34)} ${f + 8} ${b(5)} ${f + 8}`,
      tip: [b(1), f + 8],
      turn: inward,
    },
    {
      id: 'WP',
      path: `M${xo} ${w + 13}C${o(22)} ${w + 13} ${o(22)} ${p + 17} ${o(5)} ${p + 17}`,
      tip: [o(1), p + 17],
      turn: outward,
    },
    {
      id: 'FP',
      path: `M${xo} ${f + 13}C${o(38)} ${f + 13} ${o(38)} ${p + 8} ${o(5)} ${p + 8}`,
      tip: [o(1), p + 8],
      turn: outward,
    },
    {
      id: 'FF',
      path: `M${cx + inner * 16} ${f + h}C${cx + inner * 22} ${f + h + 17} ${b(18)} ${f + h + 10} ${b(4)} ${f + 21}`,
      tip: [b(1), f + 20],
      turn: inward + inner * 40,
    },
  ];
}

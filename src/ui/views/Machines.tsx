/** The figure of RFC 6347 §4.2.4 twice and mirrored, live at the selected record. */
import type { AssociationDetail, Sender } from '../../analysis/trace.ts';
import { type Edge, type MachineAt, machinesAt } from '../../present/machine-at.ts';
import { page } from '../page.ts';
import { Sign } from '../parts/Sign.tsx';
import { useStore } from '../store/store.ts';
import { StateMark } from './StateMark.tsx';
import './machines.css';

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

export function Machines({ detail }: { readonly detail: AssociationDetail }) {
  const open = useStore((s) => s.machines);
  const toggle = useStore((s) => s.toggleMachines);
  const record = useStore((s) => s.record);
  const names = detail.association.rolesKnown ? { client: 'Client', server: 'Server' } : { client: 'A', server: 'B' };
  const timeMs = detail.records.find((r) => r.record === record)?.timeMs ?? detail.association.startMs;
  const both = machinesAt(detail.machines, timeMs, names);
  const known = both.some((m) => m.state !== null);
  return (
    <section className="machines" aria-label="State machines">
      <h2 className="machines-head">
        <button type="button" className="bar machines-bar" aria-expanded={open} onClick={toggle}>
          <span className="twist" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          <span className="strong">State machines</span>
          <span className="muted">
            {detail.association.version === 'DTLS 1.3' ? 'RFC 9147 §5.8' : 'RFC 6347 §4.2.4'}
          </span>
        </button>
      </h2>
      {open && !known && <p className="machines-none muted">No handshake in this capture, so no state can be told.</p>}
      {open && known && (
        <>
          <svg
            className="machines-figure"
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-label={both.map((m) => m.says).join('; ')}
          >
            {LABELS.map(({ y, text, edges }) => (
              <text key={text} x={WIDTH / 2} y={y} data-lit={both.some((m) => m.edge && edges.includes(m.edge))}>
                {text}
              </text>
            ))}
            {both.map((machine) => (
              <Figure key={machine.sender} machine={machine} />
            ))}
          </svg>
          <div className="machine-notes">
            {both.map((machine) => (
              <Note key={machine.sender} machine={machine} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function Note({ machine: { says, cause, certainty, record, violation } }: { readonly machine: MachineAt }) {
  return (
    <div>
      <h3>{says}</h3>
      {cause && (
        <p>
          <Sign certainty={certainty} />{' '}
          {record === null ? (
            cause
          ) : (
            <button type="button" className="link" title={`Record ${record}`} onClick={() => page.selectRecord(record)}>
              {cause}
            </button>
          )}
        </p>
      )}
      {violation && <p className="violation">{violation}</p>}
    </div>
  );
}

function Figure({ machine: { sender, state, edge } }: { readonly machine: MachineAt }) {
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

/** Both state machines, live at the playhead: the RFC's figure, and in words what each side does and waits for. */
import { useMemo } from 'react';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { type EndpointNames, endpointNames, seenTwice } from '../../present/capture-points.ts';
import { knownAt } from '../../present/known-at.ts';
import { machinesAt } from '../../present/machine-at.ts';
import { playheadTime } from '../../present/playhead-text.ts';
import { Sign } from '../parts/Sign.tsx';
import { playheadOf } from '../store/playhead.ts';
import { useStore } from '../store/store.ts';
import { MachineFigure } from './time/MachineFigure.tsx';
import { MachineNote } from './time/MachineNote.tsx';
import './machines.css';

export function Machines({ detail }: { readonly detail: AssociationDetail }) {
  const open = useStore((s) => s.machines);
  const toggle = useStore((s) => s.toggleMachines);
  const points = useStore((s) => s.trace.points);
  const names = useMemo(() => endpointNames(detail.association, seenTwice(detail, points) !== null), [detail, points]);
  const known = detail.machines.client.length + detail.machines.server.length > 0;
  return (
    <section className="machines" aria-label="State machines">
      <h2 className="machines-head">
        <button type="button" className="bar machines-bar" aria-expanded={open} onClick={toggle}>
          <span className="twist" aria-hidden="true">
            {open ? '▾' : '▸'}
          </span>
          <span className="strong">State machines</span>
          <span className="muted">
            {detail.association.version === 'DTLS 1.3' ? 'RFC 9147 §5.8.1' : 'RFC 6347 §4.2.4'}
          </span>
          <span className="grow" />
          <Moment detail={detail} />
        </button>
      </h2>
      {open && !known && <p className="machines-none muted">No handshake in this capture, so no state can be told.</p>}
      {open && known && <AtPlayhead detail={detail} names={names} />}
    </section>
  );
}

function Moment({ detail }: { readonly detail: AssociationDetail }) {
  const timeMs = useStore(playheadOf);
  return timeMs === null ? null : <span className="label machines-moment">at {playheadTime(detail, timeMs)}</span>;
}

interface Props {
  readonly detail: AssociationDetail;
  readonly names: EndpointNames;
}

function AtPlayhead({ detail, names }: Props) {
  const timeMs = useStore(playheadOf) ?? detail.association.startMs;
  // While time runs, it alone tells what has come.
  const record = useStore((s) => (s.playheadMs === null ? s.record : null));
  const both = useMemo(() => machinesAt(detail, timeMs, names, record), [detail, timeMs, names, record]);
  const [client, server] = both;
  return (
    <>
      <MachineFigure
        clientState={client?.state ?? null}
        clientEdge={client?.edge ?? null}
        serverState={server?.state ?? null}
        serverEdge={server?.edge ?? null}
        says={both.map((m) => m.says).join('; ')}
      />
      <div className="machine-notes">
        {both.map((machine) => (
          <MachineNote key={machine.sender} machine={machine} />
        ))}
      </div>
      <KnownSoFar detail={detail} names={names} timeMs={timeMs} />
    </>
  );
}

function KnownSoFar({ detail, names, timeMs }: Props & { readonly timeMs: number }) {
  const open = useStore((s) => s.knownSoFar);
  const toggle = useStore((s) => s.toggleKnownSoFar);
  const facts = useMemo(() => (open ? knownAt(detail, timeMs, names) : []), [open, detail, timeMs, names]);
  return (
    <div className="known-so-far">
      <button type="button" aria-expanded={open} onClick={toggle}>
        <span className="twist" aria-hidden="true">
          {open ? '▾' : '▸'}
        </span>
        Known so far
      </button>
      {open && (
        <dl>
          {facts.map(({ name, says, inferred }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {inferred && <Sign certainty="inferred" />} {says}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

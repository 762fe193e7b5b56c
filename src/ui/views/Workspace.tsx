/** What is open, in three zones: associations and facts, the diagram, fields and bytes. */
import { byteCount } from '../../present/association-row.ts';
import { useStore } from '../store/store.ts';
import { Associations } from './Associations.tsx';
import { CapturePoints } from './CapturePoints.tsx';
import { Centre } from './Centre.tsx';
import { Side } from './Facts.tsx';
import { Inspector } from './Inspector.tsx';
import { Machines } from './Machines.tsx';
import { NoDtls } from './NoDtls.tsx';
import { Path } from './points/Path.tsx';
import './workspace.css';
import './list.css';

export function Workspace() {
  const zone = useStore((s) => s.zone);
  const drawer = useStore((s) => s.drawer);
  const empty = useStore((s) => s.trace.associations.length === 0);
  return (
    <main className="workspace" data-shown={zone} data-drawer={drawer}>
      <section className="left" data-zone="list" aria-label="Associations, findings and facts" tabIndex={-1}>
        <CapturePoints />
        <Associations />
        <Side />
      </section>
      <section className="centre" data-zone="diagram" aria-label="What happened" tabIndex={-1}>
        {empty ? <NoDtls /> : <Centre />}
      </section>
      <section className="right" data-zone="inspector" aria-label="Fields and bytes" tabIndex={-1}>
        <DrawerBar />
        <StateMachines />
        <Inspector />
      </section>
    </main>
  );
}

function StateMachines() {
  const detail = useStore((s) => s.detail);
  return (
    detail && (
      <div className="right-stack">
        <Path detail={detail} />
        <Machines detail={detail} />
      </div>
    )
  );
}

/** Between 700 and 1100 px the inspector is a drawer; this bar opens and closes it. */
function DrawerBar() {
  const drawer = useStore((s) => s.drawer);
  const toggle = useStore((s) => s.toggleDrawer);
  const record = useStore((s) => s.recordDetail?.record);
  return (
    <button type="button" className="bar drawer-bar" aria-expanded={drawer} onClick={toggle}>
      <span className="twist" aria-hidden="true">
        {drawer ? '▾' : '▴'}
      </span>
      <span className="strong">Fields and bytes</span>
      {record && (
        <span className="muted">
          packet {record.packet}, record {record.record}, {byteCount(record.length)}
        </span>
      )}
      <span className="grow" />
      <span className="label">
        <kbd>b</kbd>
      </span>
    </button>
  );
}

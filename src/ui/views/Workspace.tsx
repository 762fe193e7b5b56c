/** What is open, in three zones: associations and facts, the diagram, fields and bytes; lines between them move. */
import type { CSSProperties } from 'react';
import { byteCount } from '../../present/association-row.ts';
import { Splitter } from '../parts/Splitter.tsx';
import { hasCapture, isListing } from '../store/selectors.ts';
import { SPLITS } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import { Associations } from './Associations.tsx';
import { CapturePoints } from './CapturePoints.tsx';
import { Centre } from './Centre.tsx';
import { Side } from './Facts.tsx';
import { Inspector } from './Inspector.tsx';
import { Machines } from './Machines.tsx';
import { NoDtls } from './NoDtls.tsx';
import { Path } from './points/Path.tsx';
import { useMediaQuery } from './sequence/viewport.ts';
import './workspace.css';
import './list.css';
import './print.css';

export function Workspace() {
  const zone = useStore((s) => s.zone);
  const drawer = useStore((s) => s.drawer);
  const empty = useStore((s) => s.trace.associations.length === 0);
  const listing = useStore(isListing);
  const several = useStore((s) => s.trace.associations.length > 1) || listing;
  const open = useStore(hasCapture);
  const sizes = useStore((s) => s.sizes);
  const sized = SPLITS.filter((split) => sizes[split] !== undefined);
  const style: CSSProperties = Object.fromEntries(sized.map((split) => [`--${split}`, `${sizes[split]}px`]));
  return (
    <main
      className="workspace"
      data-shown={zone}
      data-drawer={drawer && open}
      data-sized={sized.join(' ')}
      style={style}
    >
      <section className="left" data-zone="list" aria-label="Associations, findings and facts" tabIndex={-1}>
        <CapturePoints />
        <Associations />
        {several && (
          <Splitter split="list" label="Height of the list" pane=".associations" side="above" min={72} rest={140} />
        )}
        {open && <Side />}
      </section>
      <section className="centre" data-zone="diagram" aria-label="What happened" tabIndex={-1}>
        {!open ? <Reading /> : empty ? <NoDtls /> : <Centre />}
      </section>
      <section className="right" data-zone="inspector" aria-label="Fields and bytes" tabIndex={-1}>
        {open && <DrawerBar />}
        {!empty && <StateMachines />}
        {!empty && <Inspector />}
      </section>
      <ColumnSplitters />
    </main>
  );
}

/** Nothing is open yet but the list. */
function Reading() {
  const file = useStore((s) => s.loading?.file);
  return (
    <div className="empty">
      <h2>Reading {file}</h2>
      <p>
        Associations are listed as they are found. What happened in them is told when all of them are analysed; choose
        one to see it first.
      </p>
    </div>
  );
}

/** Over the rules between the columns, or over the drawer's upper edge. */
function ColumnSplitters() {
  const drawer = useStore((s) => s.drawer);
  const columns = useMediaQuery('(min-width: 1100px)');
  return (
    <section className="column-splitters" aria-label="Sizes of the panes">
      <Splitter split="left" label="Width of the list" pane=".left" side="left" min={230} rest={columns ? 660 : 400} />
      {columns && (
        <Splitter split="right" label="Width of fields and bytes" pane=".right" side="right" min={300} rest={560} />
      )}
      {!columns && drawer && (
        <Splitter split="drawer" label="Height of fields and bytes" pane=".right" side="below" min={120} rest={240} />
      )}
    </section>
  );
}

function StateMachines() {
  const detail = useStore((s) => s.detail);
  const open = useStore((s) => s.machines);
  const columns = useMediaQuery('(min-width: 1100px)');
  if (!detail) return null;
  return (
    <div className="right-stack" data-boxless="">
      <Path detail={detail} />
      <Machines detail={detail} />
      {open && columns && (
        <Splitter
          split="machines"
          label="Height of the state machines"
          pane=".machines"
          side="above"
          min={60}
          rest={220}
        />
      )}
    </div>
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

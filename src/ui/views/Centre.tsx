/** The centre: the verdict over one of the views of an association, and time under it; or numbers over all of them. */
import { lazy, type ReactNode, Suspense } from 'react';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { page } from '../page.ts';
import { Splitter } from '../parts/Splitter.tsx';
import { selectedAssociation } from '../store/selectors.ts';
import type { View } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import { NoteDock } from './notes/NoteDock.tsx';
import { Ribbons } from './Ribbons.tsx';
import { SequenceDiagram } from './SequenceDiagram.tsx';
import { StatePatterns } from './StateMark.tsx';
import { Transport } from './time/Transport.tsx';
import { Verdict } from './Verdict.tsx';
import { ViewTabs } from './ViewTabs.tsx';

const PacketTable = lazy(() => import('./table/PacketTable.tsx').then((m) => ({ default: m.PacketTable })));
const ApplicationData = lazy(() => import('./data/ApplicationData.tsx').then((m) => ({ default: m.ApplicationData })));
const Statistics = lazy(() => import('./statistics/Statistics.tsx').then((m) => ({ default: m.Statistics })));

export function Centre() {
  const association = useStore(selectedAssociation);
  const detail = useStore((s) => s.detail);
  const view = useStore((s) => s.view);
  if (view === 'statistics')
    return (
      <>
        <ViewTabs place="centre" />
        <StatePatterns />
        <ViewFrame view={view}>
          <Statistics />
        </ViewFrame>
        <NoteDock />
      </>
    );
  return (
    <>
      <ViewTabs place="centre" />
      <StatePatterns />
      {association && <Verdict association={association} detail={detail} />}
      {view === 'sequence' || !detail ? (
        <Diagram />
      ) : (
        <ViewFrame view={view}>
          <Rows detail={detail} view={view} />
        </ViewFrame>
      )}
      <NoteDock />
      {detail && (
        <>
          <Splitter split="strip" label="Height of time" pane=".strip" side="below" min={28} rest={160} />
          <section className="strip" data-zone="strip" aria-label="Time" tabIndex={-1}>
            <Transport detail={detail} />
            <Ribbons detail={detail} />
          </section>
        </>
      )}
    </>
  );
}

function Rows({ detail, view }: { readonly detail: AssociationDetail; readonly view: 'table' | 'data' }) {
  const points = useStore((s) => s.trace.points);
  return view === 'table' ? <PacketTable detail={detail} points={points} /> : <ApplicationData detail={detail} />;
}

/** Takes the focus for a view whose code is still to come, from the same place as the page. */
function ViewFrame({ view, children }: { readonly view: View; readonly children: ReactNode }) {
  return (
    <div className="view-frame" data-view={view} tabIndex={-1}>
      <Suspense fallback={<p className="nothing">Opening …</p>}>{children}</Suspense>
    </div>
  );
}

function Diagram() {
  const detail = useStore((s) => s.detail);
  const record = useStore((s) => s.record);
  const pointed = useStore((s) => s.pointed);
  const points = useStore((s) => s.trace.points);
  return (
    <div className="sequence-scroll">
      {detail && (
        <SequenceDiagram
          detail={detail}
          points={points}
          selectedRecord={record}
          pointedRecords={pointed}
          onSelect={page.selectRecord}
          onLookAround={page.lookAround}
        />
      )}
    </div>
  );
}

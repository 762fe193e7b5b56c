/** The centre: the verdict over one of the views of an association, and time under it. */
import { page } from '../page.ts';
import { selectedAssociation } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { Ribbons } from './Ribbons.tsx';
import { SequenceDiagram } from './SequenceDiagram.tsx';
import { StatePatterns } from './StateMark.tsx';
import { Transport } from './time/Transport.tsx';
import { Verdict } from './Verdict.tsx';

export function Centre() {
  const association = useStore(selectedAssociation);
  const detail = useStore((s) => s.detail);
  return (
    <>
      <StatePatterns />
      {association && <Verdict association={association} detail={detail} />}
      <Diagram />
      {detail && <Transport detail={detail} />}
      {detail && <Ribbons detail={detail} />}
    </>
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
        />
      )}
    </div>
  );
}

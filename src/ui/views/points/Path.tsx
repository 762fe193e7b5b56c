/** Of an association that was captured at two points: the path between them, and what the second point settles. */
import { type ReactNode, useMemo } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { type SeenTwice, seenTwice } from '../../../present/capture-points.ts';
import { useStore } from '../../store/store.ts';
import { useMediaQuery } from '../sequence/viewport.ts';
import { DelayStrips, useDelayStrips } from './DelayStrips.tsx';
import { Settled } from './Settled.tsx';
import './path.css';

/** Both, the state machines and the bytes are in view. */
const TALL = '(min-height: 840px) and (min-width: 1100px)';

export function Path({ detail }: { readonly detail: AssociationDetail }) {
  const points = useStore((s) => s.trace.points);
  const twice = useMemo(() => seenTwice(detail, points), [detail, points]);
  return points && twice && <Sections detail={detail} twice={twice} points={points} />;
}

interface Props {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice;
  readonly points: PointsView;
}

function Sections(props: Props) {
  const tall = useMediaQuery(TALL);
  const delays = useStore((s) => s.delays) ?? tall;
  const settled = useStore((s) => s.settled) ?? tall;
  const showDelays = useStore((s) => s.showDelays);
  const showSettled = useStore((s) => s.showSettled);
  const drawn = useDelayStrips(props);
  return (
    <>
      {drawn && (
        <Fold
          name="One-way delay, A to B and back"
          says={`${drawn.records} records`}
          open={delays}
          onToggle={() => showDelays(!delays)}
        >
          <DelayStrips drawn={drawn} />
        </Fold>
      )}
      <Fold name="What two points settle" says="" open={settled} onToggle={() => showSettled(!settled)}>
        <Settled {...props} />
      </Fold>
    </>
  );
}

interface FoldProps {
  readonly name: string;
  readonly says: string;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}

function Fold({ name, says, open, onToggle, children }: FoldProps) {
  return (
    <section className="path" aria-label={name}>
      <button type="button" className="bar path-bar" aria-expanded={open} onClick={onToggle}>
        <span className="twist" aria-hidden="true">
          {open ? '▾' : '▸'}
        </span>
        <span className="strong">{name}</span>
        <span className="grow" />
        <span className="muted">{says}</span>
      </button>
      {open && children}
    </section>
  );
}

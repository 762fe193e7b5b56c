/** Two capture points of the same traffic, on top of the left column: what each has, what both have, and their clocks. */
import { useMemo } from 'react';
import {
  lostBetween,
  type PointFact,
  type PointName,
  pointFacts,
  seenTwice,
  sharedRecords,
} from '../../present/capture-points.ts';
import { page } from '../page.ts';
import { useStore } from '../store/store.ts';
import { ROOMY, useMediaQuery } from './sequence/viewport.ts';
import './points.css';

export function CapturePoints() {
  const points = useStore((s) => s.trace.points);
  const captures = useStore((s) => s.trace.captures);
  const roomy = useMediaQuery(ROOMY);
  const open = useStore((s) => s.points) ?? roomy;
  const show = useStore((s) => s.showPoints);
  const detail = useStore((s) => s.detail);
  const alone = useStore((s) => s.trace.associations.length === 1);
  const shared = useMemo(() => {
    const twice = alone && detail && seenTwice(detail, points);
    return detail && twice ? sharedRecords(detail, twice) : null;
  }, [alone, detail, points]);
  if (!points) return null;
  return (
    <section className="points" aria-label="Capture points">
      <button type="button" className="bar points-bar" aria-expanded={open} onClick={() => show(!open)}>
        <span className="twist" aria-hidden="true">
          {open ? '▾' : '▸'}
        </span>
        <span className="strong">Capture points</span>
        <span className="muted">2, merged by record</span>
      </button>
      {open && <Facts facts={pointFacts(points, captures, shared)} />}
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly PointFact[] }) {
  return (
    <table>
      <tbody>
        {facts.map(({ name, what, says, lostFrom, title }) => (
          <tr key={`${name} ${what}`} data-hit={lostFrom !== null || undefined} title={title ?? undefined}>
            <th scope="row">{name}</th>
            <td className="muted">{what}</td>
            <td>{lostFrom === null ? says : <Lost from={lostFrom} says={says} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Leads from one lost record of the shown association to the next. */
function Lost({ from, says }: { readonly from: PointName; readonly says: string }) {
  const points = useStore((s) => s.trace.points);
  const detail = useStore((s) => s.detail);
  const lost = useMemo(() => {
    const twice = detail && seenTwice(detail, points);
    return twice ? lostBetween(detail, twice, from) : [];
  }, [detail, points, from]);
  if (lost.length === 0) return says;
  const next = () => {
    const here = useStore.getState().record ?? 0;
    page.selectRecord(lost.find((record) => record > here) ?? lost[0] ?? null);
  };
  return (
    <button type="button" className="link" onClick={next}>
      {says}
      <span className="unseen">, next lost record</span>
    </button>
  );
}

/** Says in words, for those who listen, what the page shows after something was opened. */
import { useEffect, useState } from 'react';
import { counted } from '../../present/association-row.ts';
import { failedCount, waitingSecrets } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

export function Announcer() {
  const captures = useStore((s) => s.trace.captures);
  const associations = useStore((s) => s.trace.associations.length);
  const failed = useStore(failedCount);
  const waiting = useStore(waitingSecrets);
  const soFar = useSlowly(useStore((s) => (s.early.length > 1 ? (s.loading?.associations ?? 0) : 0)));
  const said = () => {
    if (soFar > 0) return `${counted(soFar, 'association')} so far.`;
    if (waiting > 0) return `${counted(waiting, 'secret')} read. Now open the capture.`;
    if (captures.length === 0) return '';
    return `Opened ${captures.map(({ name }) => name).join(', ')}: ${counted(associations, 'association')}, ${failed} failed.`;
  };
  return (
    <p className="unseen" role="status">
      {said()}
    </p>
  );
}

/** What is said more often than this is not heard out. */
const SAY_EVERY_MS = 4000;

/** A number that grows, now and then; 0 at once. */
function useSlowly(value: number): number {
  const [said, say] = useState(0);
  const isOn = value > 0;
  useEffect(() => {
    if (!isOn) return say(0);
    const told = () => say(useStore.getState().loading?.associations ?? 0);
    told();
    const timer = setInterval(told, SAY_EVERY_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  return isOn ? said : 0;
}

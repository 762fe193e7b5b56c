/** Says in words, for those who listen, what the page shows after something was opened. */
import { counted } from '../../present/association-row.ts';
import { failedCount, waitingSecrets } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

export function Announcer() {
  const captures = useStore((s) => s.trace.captures);
  const associations = useStore((s) => s.trace.associations.length);
  const failed = useStore(failedCount);
  const waiting = useStore(waitingSecrets);
  const said = () => {
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

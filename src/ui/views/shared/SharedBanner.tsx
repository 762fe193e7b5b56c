/** Over a trace that somebody shared: what it is, what was kept back, and what can be done with it. */
import { useEffect, useState } from 'react';
import { sharedFacts } from '../../../present/shared-text.ts';
import { run } from '../../commands/commands.ts';
import { LinkMark } from '../../parts/icons.tsx';
import { saveCopy } from '../../sharing.ts';
import { useStore } from '../../store/store.ts';
import './shared.css';

export function SharedBanner() {
  const shared = useStore((s) => s.shared);
  const records = useStore((s) => s.trace.associations.reduce((sum, a) => sum + a.records.total, 0));
  const [closed, setClosed] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const id = shared?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said belongs to one trace
  useEffect(() => setSaid(''), [id]);
  if (!shared || closed === shared.id) return null;
  const facts = sharedFacts(shared, records);
  return (
    <section className="banner shared" aria-label="Shared trace">
      <LinkMark />
      <p className="grow">
        <b>Shared trace</b>
        {facts.map((fact) => (
          <span key={fact} className="shared-fact">
            {fact}
          </span>
        ))}
      </p>
      <span className="unseen" role="status">
        {said}
      </span>
      <span className="shared-buttons">
        <button type="button" className="tool plain" onClick={() => setClosed(shared.id)}>
          Hide
        </button>
        <button type="button" className="tool" onClick={() => run('keys')}>
          Add keys
        </button>
        <button type="button" className="tool" onClick={() => void saveCopy(shared).then(setSaid)}>
          {said ? 'Saved' : 'Save a copy'}
        </button>
        {shared.notes.length > 0 && (
          <button type="button" className="tool primary" onClick={() => run('nextNote')}>
            Start tour <kbd>]</kbd>
          </button>
        )}
      </span>
    </section>
  );
}

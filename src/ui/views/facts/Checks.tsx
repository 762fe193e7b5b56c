/** What could be recomputed from the capture, and what stayed closed and why. Each line leads to its record. */
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { counted } from '../../../present/association-row.ts';
import { checks, closedGroups } from '../../../present/checks.ts';
import { page } from '../../page.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import { FactSection } from './Fact.tsx';

const SHOWN = 12;

interface Props {
  readonly detail: AssociationDetail;
}

export function Checks({ detail: { association, verifications } }: Props) {
  if (verifications.length === 0) return null;
  const roles = association.rolesKnown ? { client: 'the client', server: 'the server' } : { client: 'A', server: 'B' };
  return (
    <FactSection title="Recomputed">
      <ul className="lines">
        {checks(verifications, roles)
          .slice(0, SHOWN)
          .map(({ shape, what, words, record }) => (
            <li key={`${record} ${what} ${words}`}>
              <Glyph shape={shape} />
              <span>
                <RecordLink record={record} text={what} /> <span className="muted">{words}</span>
              </span>
            </li>
          ))}
      </ul>
      {verifications.length > SHOWN && <p className="muted">and {verifications.length - SHOWN} more</p>}
    </FactSection>
  );
}

export function Closed({ detail: { records } }: Props) {
  const groups = closedGroups(records);
  if (groups.length === 0) return null;
  return (
    <FactSection title="Still closed">
      <ul className="lines">
        {groups.slice(0, SHOWN).map(({ why, records: count, first }) => (
          <li key={why}>
            <Glyph shape="note" />
            <span>
              <RecordLink record={first} text={counted(count, 'record')} /> <span className="muted">{why}</span>
            </span>
          </li>
        ))}
      </ul>
    </FactSection>
  );
}

function RecordLink({ record, text }: { readonly record: number; readonly text: string }) {
  return (
    <button type="button" className="link" title={`Record ${record}`} onClick={() => page.jump(record)}>
      {text}
    </button>
  );
}

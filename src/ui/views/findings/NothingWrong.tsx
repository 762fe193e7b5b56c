/** The card where nothing was found: what was looked for, and what this capture cannot show. */
import type { ListedAssociation } from '../../../analysis/listed-association.ts';
import { CHECKED, notShown, RULE_COUNT } from '../../../present/what-was-checked.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import { useStore } from '../../store/store.ts';

export function NothingWrong({ association }: { readonly association: ListedAssociation }) {
  const detail = useStore((s) => (s.detail?.association.id === association.id ? s.detail : null));
  const toggle = useStore((s) => s.togglePanel);
  const limits = notShown(association, detail);
  return (
    <div className="nothing-wrong">
      <h3 className="strong">
        <Glyph shape="ok" /> Nothing wrong found
      </h3>
      <p>
        {RULE_COUNT} rules were checked. {limits.length === 0 ? 'This capture shows all that they need.' : ''}
      </p>
      {limits.length > 0 && (
        <>
          <h4>What this capture cannot show</h4>
          <ul>
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </>
      )}
      {association.records.undecryptable > 0 && (
        <button type="button" className="link" onClick={() => toggle('keys')}>
          Add keys
        </button>
      )}
      <h4>What was looked for</h4>
      <ul className="checked">
        {CHECKED.map(({ group, rules, what }) => (
          <li key={group}>
            <span>{what}</span>
            <span className="muted">{rules}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

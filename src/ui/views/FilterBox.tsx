/** The filter over the list: words and key:value terms, and behind a button which keys there are. */
import { type KeyboardEvent, useMemo } from 'react';
import { associationFilter, FILTER_KEYS, prepareSearch } from '../../present/association-filter.ts';
import { useStore } from '../store/store.ts';

/** The popover's id, by which its button names it. */
const HINTS = 'filter-keys';

export function FilterBox() {
  const filter = useStore((s) => s.filter);
  const set = useStore((s) => s.setFilter);
  const remarks = useMemo(() => associationFilter(filter).remarks, [filter]);
  const leave = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    if (filter === '') focusList();
    else set('');
  };
  return (
    <>
      <div className="filter">
        <label>
          <span aria-hidden="true">
            <kbd>/</kbd>
          </span>
          <span className="unseen">Filter by words, status:failed, version:1.2 or port:5684</span>
          <input
            id="filter"
            type="search"
            value={filter}
            placeholder="status:failed version:1.2 …"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="filter-remarks"
            onFocus={() => prepareSearch(useStore.getState().trace.associations)}
            onChange={(event) => set(event.currentTarget.value)}
            onKeyDown={leave}
          />
        </label>
        <button type="button" className="link small" popoverTarget={HINTS} aria-label="Help: keys of the filter">
          Help
        </button>
      </div>
      <div id="filter-remarks" role="status">
        {remarks.map((remark) => (
          <p key={remark} className="filter-remark">
            {remark}
          </p>
        ))}
      </div>
      <Hints />
    </>
  );
}

/** Every key with an example; choosing one puts it into the box. */
function Hints() {
  const choose = (term: string) => {
    const { filter, setFilter } = useStore.getState();
    setFilter(`${filter.trimEnd()} ${term}`.trimStart());
    document.getElementById(HINTS)?.hidePopover();
    document.querySelector<HTMLInputElement>('#filter')?.focus();
  };
  return (
    <section id={HINTS} popover="auto" className="menu filter-hints" aria-label="Help: keys of the filter">
      <p className="muted small">Words are searched everywhere. With a key only there; every term has to match.</p>
      <ul>
        {FILTER_KEYS.map(({ key, example, says }) => (
          <li key={key}>
            <button type="button" className="link mono" onClick={() => choose(`${key}:${example}`)}>
              {key}:{example}
            </button>
            <span className="muted small">{says}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function focusList(): void {
  document.querySelector<HTMLElement>('[data-zone=list] [role=grid]')?.focus();
}

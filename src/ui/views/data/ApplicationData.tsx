/** Application data: what both sides said to each other once they had keys. The list over the payload of one record. */
import { useEffect, useMemo, useState } from 'react';
import type { ApplicationDataView } from '../../../analysis/application-data.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { closedSentences, dataCounted, dataRow, isNamed, nothingListed } from '../../../present/data-list.ts';
import { rolesOf } from '../../../present/sentences.ts';
import { page } from '../../page.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { useStore } from '../../store/store.ts';
import { DataGrid } from './DataGrid.tsx';
import { PayloadPane } from './PayloadPane.tsx';
import '../view.css';
import './data.css';

export function ApplicationData({ detail }: { readonly detail: AssociationDetail }) {
  const data = useData(detail);
  const roles = rolesOf(detail.association);
  const rows = useMemo(
    () => (data?.items ?? []).map((item) => dataRow(item, detail.association, rolesOf(detail.association))),
    [data, detail],
  );
  if (!data) return <p className="nothing">Reading the application data …</p>;
  return (
    <section className="view data" aria-label="Application data">
      {data.opened > 0 && <Bar data={data} roles={roles} />}
      {data.closed.length > 0 && (
        <div className="data-closed">
          {closedSentences(data, detail).map((sentence) => (
            <p key={sentence}>
              <Glyph shape="note" /> {sentence}
            </p>
          ))}
          <button type="button" className="tool" onClick={() => useStore.getState().togglePanel('keys')}>
            Keys …
          </button>
        </div>
      )}
      {rows.length === 0 ? (
        <p className="nothing">{nothingListed(data)}</p>
      ) : (
        <>
          <DataGrid rows={rows} roles={roles} />
          <PayloadPane records={rows.length} />
        </>
      )}
    </section>
  );
}

const SEARCH_AFTER_MS = 150;

/** Asked for when the association, its keys or the query changed; the answer before stays until the next one is there. */
function useData({ association: { id } }: AssociationDetail): ApplicationDataView | null {
  const data = useStore((s) => s.data);
  const trace = useStore((s) => s.trace);
  const query = useStore((s) => s.dataQuery);
  const late = useLater(query.search, SEARCH_AFTER_MS);
  const { protocol, sender } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: keys change the trace, and with it what can be read
  useEffect(() => page.readData(id, { search: late, protocol, sender }), [id, late, protocol, sender, trace]);
  return data?.id === id ? data : null;
}

function useLater(value: string, ms: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return late;
}

interface BarProps {
  readonly data: ApplicationDataView;
  readonly roles: { readonly client: string; readonly server: string };
}

function Bar({ data, roles }: BarProps) {
  const query = useStore((s) => s.dataQuery);
  const set = useStore((s) => s.queryData);
  const names = data.protocols.map(({ name }) => name);
  const listed = query.protocol === null || names.includes(query.protocol) ? names : [query.protocol, ...names];
  return (
    <div className="bar view-bar">
      <SearchBox
        value={query.search}
        onChange={(search) => set({ search })}
        name="Search in text, in decoded fields, and in bytes as hex"
        placeholder="text, or bytes as hex …"
      />
      <span className="count" role="status">
        {dataCounted(data)}
      </span>
      <select
        aria-label="Protocol"
        value={query.protocol ?? ''}
        onChange={({ currentTarget }) => set({ protocol: currentTarget.value || null })}
      >
        <option value="">all protocols</option>
        {listed.map((name) => (
          <option key={name} value={name}>
            {isNamed(name) ? name : `only ${name}`}
          </option>
        ))}
      </select>
      <select
        aria-label="Sender"
        value={query.sender ?? ''}
        onChange={({ currentTarget: { value } }) =>
          set({ sender: value === 'client' || value === 'server' ? value : null })
        }
      >
        <option value="">both sides</option>
        <option value="client">from the {roles.client}</option>
        <option value="server">from the {roles.server}</option>
      </select>
    </div>
  );
}

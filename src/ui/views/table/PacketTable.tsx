/** The packet table: the diagram for those who read rows. Filter, copies, and the grid itself. */
import { useMemo } from 'react';
import type { PointsView } from '../../../analysis/story.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { seenTwice } from '../../../present/capture-points.ts';
import { linesAsText, sortLines } from '../../../present/packet-columns.ts';
import { PACKET_FILTER_KEYS, packetFilter } from '../../../present/packet-filter.ts';
import { linesCounted, recordLines, withSilences } from '../../../present/packet-table.ts';
import { rolesOf } from '../../../present/sentences.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { SearchBox } from '../../parts/SearchBox.tsx';
import { useStore } from '../../store/store.ts';
import { PacketGrid } from './PacketGrid.tsx';
import '../view.css';
import './table.css';

interface Props {
  readonly detail: AssociationDetail;
  readonly points: PointsView | null;
}

const KEYS = PACKET_FILTER_KEYS.map(({ key, example }) => `${key}:${example}`);

export function PacketTable({ detail, points }: Props) {
  const filter = useStore((s) => s.packetFilter);
  const sort = useStore((s) => s.packetSort);
  const setFilter = useStore((s) => s.filterPackets);
  const twice = useMemo(() => seenTwice(detail, points), [detail, points]);
  const all = useMemo(() => recordLines(detail, twice), [detail, twice]);
  const kept = useMemo(() => {
    const matching = filter.trim() === '' ? all : all.filter(packetFilter(filter));
    return sortLines(matching, sort);
  }, [all, filter, sort]);
  const roles = rolesOf(detail.association);
  const lines = useMemo(() => {
    const told = sort.column === 'time' && !sort.descending && kept.length === all.length;
    return told ? withSilences(kept, rolesOf(detail.association), detail.summed) : kept;
  }, [kept, all, sort, detail]);
  const copy = (form: 'tsv' | 'markdown') => linesAsText(kept, form, { roles, twoPoints: twice !== null });
  return (
    <section className="view packets" aria-label="Packet table">
      <div className="bar view-bar">
        <SearchBox
          value={filter}
          onChange={setFilter}
          name={`Filter the records by words or by ${KEYS.join(', ')}`}
          placeholder="type:Finished mark:lost epoch:1 …"
        />
        <span className="count" role="status">
          {kept.length === all.length ? linesCounted(all, detail) : `${kept.length} of ${linesCounted(all, detail)}`}
        </span>
        <CopyButton name="Copy TSV" text={() => copy('tsv')} />
        <CopyButton name="Markdown" label="Copy Markdown" text={() => copy('markdown')} />
      </div>
      {kept.length === 0 ? (
        <p className="nothing">
          {all.length === 0 ? 'This association has no records.' : 'No record matches. Clear the filter with Esc.'}
        </p>
      ) : (
        <PacketGrid lines={lines} detail={detail} twoPoints={twice !== null} />
      )}
    </section>
  );
}

/** One sentence on what happened, the largest text of the page, and the parameters under it. */
import type { ListedAssociation, ListedTrace } from '../../analysis/listed-association.ts';
import type { AssociationDetail } from '../../analysis/trace.ts';
import { counted, shapeOf } from '../../present/association-row.ts';
import { datagramsInAll } from '../../present/summed-records.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';

interface Props {
  readonly association: ListedAssociation;
  readonly detail: AssociationDetail | null;
}

export function Verdict({ association, detail }: Props) {
  const trace = useStore((s) => s.trace);
  const parts = parameters(association, detail && packetsToTell(detail, trace));
  return (
    <div className="verdict">
      <Glyph shape={shapeOf(association)} />
      <h2>{association.verdict}</h2>
      <p>
        {parts.map((part, i) => (
          <span key={part}>{i < parts.length - 1 ? `${part} · ` : part}</span>
        ))}
      </p>
    </div>
  );
}

/** Null where the header, or the list of capture points, says it already. */
function packetsToTell(detail: AssociationDetail, { associations, captures, points }: ListedTrace): number | null {
  const packets = datagramsInAll(detail);
  const all = captures.reduce((sum, capture) => sum + capture.packets, 0);
  return associations.length === 1 && (points !== null || packets === all) ? null : packets;
}

function parameters(a: ListedAssociation, packets: number | null): readonly string[] {
  const cookie = a.handshakes.some((handshake) => handshake.cookieExchange);
  const named = [a.version, a.cipherSuite?.name, a.group, cookie ? 'cookie' : null];
  return [...named.filter((part) => part !== null && part !== undefined), counts(a, packets)];
}

/** "25 packets, 30 records, all decrypted". */
function counts({ records }: ListedAssociation, packets: number | null): string {
  return [
    ...(packets === null ? [] : [counted(packets, 'packet')]),
    counted(records.total, 'record'),
    opened(records),
  ].join(', ');
}

function opened({ decrypted, undecryptable }: ListedAssociation['records']): string {
  const closed = decrypted + undecryptable;
  if (closed === 0) return 'none encrypted';
  if (undecryptable === 0) return 'all decrypted';
  return decrypted === 0 ? 'none decrypted' : `${decrypted} of ${closed} decrypted`;
}

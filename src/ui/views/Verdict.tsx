/** One sentence on what happened, the largest text of the page, and the parameters under it. */
import type { Association, AssociationDetail } from '../../analysis/trace.ts';
import { counted, shapeOf } from '../../present/association-row.ts';
import { Glyph } from '../parts/Glyph.tsx';

interface Props {
  readonly association: Association;
  readonly detail: AssociationDetail | null;
}

export function Verdict({ association, detail }: Props) {
  const parts = parameters(association, detail);
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

function parameters(a: Association, detail: AssociationDetail | null): readonly string[] {
  const cookie = a.handshakes.some((handshake) => handshake.cookieExchange);
  const named = [a.version, a.cipherSuite?.name, a.group, cookie ? 'cookie' : null];
  return [...named.filter((part) => part !== null && part !== undefined), counts(a, detail)];
}

/** "25 packets, 30 records, all decrypted". */
function counts({ records }: Association, detail: AssociationDetail | null): string {
  const packets = detail && new Set(detail.records.map((r) => `${r.capture} ${r.packet}`)).size;
  return [
    ...(packets === null ? [] : [counted(packets, 'packet')]),
    counted(records.total, 'record'),
    opened(records),
  ].join(', ');
}

function opened({ decrypted, undecryptable }: Association['records']): string {
  const closed = decrypted + undecryptable;
  if (closed === 0) return 'none encrypted';
  if (undecryptable === 0) return 'all decrypted';
  return decrypted === 0 ? 'none decrypted' : `${decrypted} of ${closed} decrypted`;
}

/** File, packet, record, and down to the field: each a button that goes there. */
import { useMemo } from 'react';
import type { RecordDetail } from '../../../analysis/trace.ts';
import { type Crumb, crumbsOf } from '../../../present/crumbs.ts';
import type { ShownField } from '../../../present/shown-fields.ts';
import { useStore } from '../../store/store.ts';
import { showZone } from '../../zones.ts';

interface Props {
  readonly detail: RecordDetail;
  readonly fields: readonly ShownField[];
  readonly path: string | null;
  readonly onSelect: (path: string) => void;
}

export function Crumbs({ detail, fields, path, onSelect }: Props) {
  const file = useStore((s) => s.trace.captures[detail.record.capture]?.name ?? '');
  const crumbs = useMemo(() => crumbsOf(detail, fields, file, path), [detail, fields, file, path]);
  const go = ({ to }: Crumb) => {
    if (to === 'file') showFile();
    else if (to === 'packet') showPacket();
    else onSelect(to.path);
  };
  return (
    <nav className="crumbs" aria-label="Where this is">
      {crumbs.map((crumb, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a path may name the same thing twice
        <span key={i} className="crumb" data-file={i === 0 || undefined} data-more={crumb.hides ? true : undefined}>
          <button
            type="button"
            aria-current={i === crumbs.length - 1 ? 'location' : undefined}
            title={titleOf(crumb, detail)}
            aria-label={crumb.hides}
            onClick={() => go(crumb)}
          >
            {crumb.name}
          </button>
          {i < crumbs.length - 1 && (
            <span className="step" aria-hidden="true">
              ›
            </span>
          )}
        </span>
      ))}
    </nav>
  );
}

function titleOf({ name, to, hides }: Crumb, { record }: RecordDetail): string {
  if (hides !== undefined) return hides;
  if (to === 'file') return `${name}: facts about the file`;
  if (to === 'packet') return `${name}: all of its bytes`;
  if (name === `record ${record.inDatagram}`)
    return `Record ${record.record} of the trace, at ${record.offset} in the file`;
  return name;
}

function showFile(): void {
  useStore.getState().showSide('facts');
  showZone('list');
}

function showPacket(): void {
  const { selectField } = useStore.getState();
  selectField(null, 'packet');
}

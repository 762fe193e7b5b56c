/** Under the tree: what the selected field is for, and where an RFC says so. */
import { useMemo } from 'react';
import { clauseOf } from '../../../present/field-clauses.ts';
import { fieldsTo } from '../../../present/field-tree.ts';
import type { ShownField } from '../../../present/shown-fields.ts';
import { RfcLink } from '../../parts/RfcLink.tsx';
import { useStore } from '../../store/store.ts';

interface Props {
  readonly fields: readonly ShownField[];
  readonly path: string;
}

export default function FieldFoot({ fields, path }: Props) {
  const version = useStore((s) => s.detail?.association.version ?? null);
  const clause = useMemo(() => clauseOf(fieldsTo(fields, path), version), [fields, path, version]);
  if (!clause) return null;
  return (
    <p className="field-foot" role="status">
      <span>{clause.means}</span> <RfcLink citation={clause.citation} />
    </p>
  );
}

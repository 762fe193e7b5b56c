/** The payload of the selected record: its fields, its text, its bytes; to copy or to save. */
import { useMemo, useState } from 'react';
import { byteCount } from '../../../present/association-row.ts';
import { asHex } from '../../../present/byte-grid.ts';
import { type Payload, payloadOf } from '../../../present/data-list.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useStore } from '../../store/store.ts';

type Form = 'fields' | 'text' | 'hex';

const FORMS: readonly (readonly [Form, string])[] = [
  ['fields', 'Fields'],
  ['text', 'Text'],
  ['hex', 'Bytes'],
];

export function PayloadPane({ records }: { readonly records: number }) {
  const detail = useStore((s) => s.recordDetail);
  const selected = useStore((s) => s.record);
  const [wished, wish] = useState<Form | null>(null);
  const payload = useMemo(() => (detail ? payloadOf(detail) : null), [detail]);
  if (!payload || !detail || detail.record.record !== selected)
    return (
      <p className="nothing payload-none">
        {records === 1 ? 'Select the record' : 'Select a record'} to see its fields, its text and its bytes.
      </p>
    );
  const forms = FORMS.filter(([id]) => has(payload, id));
  const form = forms.find(([id]) => id === wished)?.[0] ?? forms[0]?.[0] ?? 'hex';
  const name = `Payload of record ${detail.record.record}`;
  return (
    <section className="payload-pane" aria-label={name}>
      <div className="bar">
        <h2>Record {detail.record.record}</h2>
        <span className="count">{byteCount(payload.bytes.length)}</span>
        <span className="grow" />
        {forms.length > 1 &&
          forms.map(([id, word]) => (
            <button key={id} type="button" className="tool plain" aria-pressed={id === form} onClick={() => wish(id)}>
              {word}
            </button>
          ))}
        <CopyButton
          name="Copy"
          label={`Copy the ${form === 'text' ? 'text' : 'bytes as hex'}`}
          text={() => copied(payload, form)}
        />
        <button type="button" className="tool plain" onClick={() => saveFile(payload.fileName, payload.bytes)}>
          Save
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className="payload" tabIndex={0} aria-label={`${name}, ${form}`}>
        <Shown payload={payload} form={form} />
      </section>
    </section>
  );
}

function has({ text, fields }: Payload, form: Form): boolean {
  return form === 'hex' || (form === 'text' ? text !== null : fields.length > 0);
}

function copied({ text, bytes }: Payload, form: Form): string {
  return form === 'text' && text !== null ? text : asHex(bytes);
}

function Shown({ payload: { text, hex, fields }, form }: { readonly payload: Payload; readonly form: Form }) {
  if (form === 'text') return <pre>{text}</pre>;
  if (form === 'hex') return <pre>{hex}</pre>;
  return (
    <dl className="payload-fields">
      {fields.map(({ path, depth, name, value, meaning }) => (
        <div key={path} style={{ paddingLeft: 14 * depth }}>
          <dt>{name}</dt>
          <dd>
            <span className="mono">{value}</span> <span className="muted">{meaning}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

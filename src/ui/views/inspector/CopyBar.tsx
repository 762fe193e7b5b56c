/** Copies the selected field, or all that the tab shows, in the forms that people paste elsewhere. */
import { useState } from 'react';
import type { DetailBuffer, RecordDetail } from '../../../analysis/trace.ts';
import { asCArray, asEscaped, asHex } from '../../../present/byte-grid.ts';
import { asJson } from '../../../present/field-tree.ts';
import type { ShownField } from '../../../present/shown-fields.ts';
import type { Span } from '../../../wire/reader.ts';
import { startNote } from '../../commands/notes.ts';
import { copyText } from '../../parts/clipboard.ts';

interface Props {
  readonly detail: RecordDetail;
  readonly fields: readonly ShownField[];
  readonly field: ShownField | undefined;
  readonly buffer: DetailBuffer | undefined;
}

export function CopyBar({ detail, fields, field, buffer }: Props) {
  const [copied, setCopied] = useState('');
  const [whole, setWhole] = useState(false);
  const one = whole ? undefined : field;
  const what = one?.label ?? buffer?.title ?? '';
  const bytes = one ? bytesOf(detail, one.at) : (buffer?.bytes ?? new Uint8Array());
  const copy = async (form: string, text: string) => {
    if (await copyText(text)) setCopied(form);
  };
  const json = () => (one ? asJson(one) : `[\n${fields.map(asJson).join(',\n')}\n]`);
  const forms: readonly (readonly [name: string, as: string, text: () => string])[] = [
    ['Hex', 'hex', () => asHex(bytes)],
    ['C array', 'a C array', () => asCArray(bytes, what)],
    ['Escaped', 'an escaped string', () => asEscaped(bytes)],
    ['JSON', 'JSON', json],
  ];
  return (
    <div className="copy" onPointerLeave={() => setCopied('')}>
      {copied === '' && field && buffer ? (
        <select
          aria-label="What to copy"
          value={whole ? 'whole' : 'field'}
          onChange={(event) => setWhole(event.currentTarget.value === 'whole')}
        >
          <option value="field">Copy {field.label}</option>
          <option value="whole">Copy all of {buffer.title}</option>
        </select>
      ) : (
        <span className="label ellipsis">{copied === '' && `Copy ${what}`}</span>
      )}
      <span className="label ellipsis grow" role="status">
        {copied !== '' && `Copied as ${copied}`}
      </span>
      <button
        type="button"
        className="tool plain"
        title="Write a note on these bytes"
        onClick={() => startNote('bytes')}
      >
        Note
      </button>
      {forms.map(([name, as, text]) => (
        <button
          key={name}
          type="button"
          className="tool plain"
          title={`Copy ${what} as ${as}`}
          onClick={() => void copy(as, text())}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

function bytesOf({ buffers }: RecordDetail, { buffer, from, to }: Span): Uint8Array {
  return buffers.find(({ id }) => id === buffer)?.bytes.subarray(from, to) ?? new Uint8Array();
}

/** The bytes of a record in tabs: as captured, as plaintext, and as part of a reassembled message. */
import { useState } from 'react';
import type { DetailBuffer, RecordDetail } from '../../analysis/trace.ts';
import { asCArray, asHex, type MarkedRange, translate } from '../../present/byte-grid.ts';
import { asJson } from '../../present/field-tree.ts';
import type { Field } from '../../wire/fields.ts';
import type { BufferId, Span } from '../../wire/reader.ts';
import { page } from '../page.ts';
import { copyText } from '../parts/clipboard.ts';
import { useStore } from '../store/store.ts';
import { BufferTabs } from './BufferTabs.tsx';
import { ByteGrid } from './ByteGrid.tsx';
import { recordStart } from './Inspector.tsx';

interface Props {
  readonly detail: RecordDetail;
  readonly selected: Field | undefined;
  readonly outlined: Field | undefined;
  readonly onSelect: (buffer: BufferId, index: number) => void;
  readonly onHover: (buffer: BufferId, index: number | null) => void;
}

export function Buffers({ detail, selected, outlined, onSelect, onHover }: Props) {
  const shown = useStore((s) => s.buffer);
  const buffer = detail.buffers.find(({ id }) => id === shown);
  const translation = selected && translate(detail, selected.at);
  const target = selected && [selected.at, ...(translation?.spans ?? [])].find((span) => span.buffer === shown);
  return (
    <div className="buffers">
      <BufferTabs shown={shown} buffers={detail.buffers} offset={buffer && target ? buffer.base + target.from : null} />
      {buffer ? (
        <>
          <div className="caption">
            <span className="ellipsis">{buffer.title}</span>
            {translation && <Elsewhere records={translation.otherRecords} />}
          </div>
          <ByteGrid
            key={shown}
            buffer={buffer}
            ranges={ranges(detail, shown, selected?.at, translation?.spans ?? [])}
            outlined={
              outlined && [outlined.at, ...translate(detail, outlined.at).spans].find((span) => span.buffer === shown)
            }
            caret={target?.from ?? null}
            onSelect={(index) => onSelect(shown, index)}
            onHover={(index) => onHover(shown, index)}
          />
        </>
      ) : (
        <p className="nothing">{whyAbsent(detail, shown)}</p>
      )}
      <Copy detail={detail} field={selected} buffer={buffer} />
    </div>
  );
}

/** The other records that carry a part of the selected bytes. */
function Elsewhere({ records }: { readonly records: readonly number[] }) {
  if (records.length === 0) return null;
  return (
    <span className="elsewhere">
      also in record{' '}
      {records.slice(0, 6).map((record, i) => (
        <span key={record}>
          {i > 0 && ', '}
          <button type="button" className="link" onClick={() => page.selectRecord(record)}>
            {record}
          </button>
        </span>
      ))}
      {records.length > 6 && ' …'}
    </span>
  );
}

function Copy({
  detail,
  field,
  buffer,
}: {
  readonly detail: RecordDetail;
  readonly field: Field | undefined;
  readonly buffer: DetailBuffer | undefined;
}) {
  const [copied, setCopied] = useState('');
  const what = field?.name ?? buffer?.title ?? '';
  const bytes = field ? bytesOf(detail, field.at) : (buffer?.bytes ?? new Uint8Array());
  const copy = async (form: string, text: string) => {
    if (await copyText(text)) setCopied(form);
  };
  const json = () => (field ? asJson(field) : `[\n${detail.fields.map(asJson).join(',\n')}\n]`);
  return (
    <div className="copy" onPointerLeave={() => setCopied('')}>
      <span className="label ellipsis grow" role="status">
        {copied === '' ? `Copy ${what} as` : `Copied as ${copied}`}
      </span>
      <button type="button" className="tool plain" onClick={() => void copy('hex', asHex(bytes))}>
        Hex
      </button>
      <button type="button" className="tool plain" onClick={() => void copy('a C array', asCArray(bytes, what))}>
        C array
      </button>
      <button type="button" className="tool plain" onClick={() => void copy('JSON', json())}>
        JSON
      </button>
    </div>
  );
}

function bytesOf({ buffers }: RecordDetail, { buffer, from, to }: Span): Uint8Array {
  return buffers.find(({ id }) => id === buffer)?.bytes.subarray(from, to) ?? new Uint8Array();
}

function ranges(
  detail: RecordDetail,
  shown: BufferId,
  selected: Span | undefined,
  translated: readonly Span[],
): readonly MarkedRange[] {
  const found: MarkedRange[] = [];
  if (shown === 'packet') {
    const start = recordStart(detail);
    found.push({ from: 0, to: Number.MAX_SAFE_INTEGER, mark: 'dim' });
    found.push({ from: start, to: start + detail.record.length, mark: 'record' });
  }
  for (const span of translated)
    if (span.buffer === shown) found.push({ from: span.from, to: span.to, mark: 'related' });
  if (selected?.buffer === shown) found.push({ from: selected.from, to: selected.to, mark: 'selected' });
  return found;
}

function whyAbsent({ record }: RecordDetail, shown: BufferId): string {
  if (shown === 'message') return 'This record carries no handshake message that could be read.';
  if (record.state === 'plaintext') return 'This record is not encrypted: its plaintext is in the capture.';
  return record.explanation ?? 'This record has no plaintext.';
}

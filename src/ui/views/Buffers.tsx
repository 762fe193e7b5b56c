/** The bytes of a record in tabs: as captured, as plaintext, and as part of a reassembled message. */
import { useMemo } from 'react';
import type { DetailBuffer, RecordDetail } from '../../analysis/trace.ts';
import { type MarkedRange, type Translation, translate } from '../../present/byte-grid.ts';
import type { ShownField } from '../../present/shown-fields.ts';
import type { BufferId, Span } from '../../wire/reader.ts';
import { useStore } from '../store/store.ts';
import { BufferTabs } from './BufferTabs.tsx';
import { ByteGrid } from './ByteGrid.tsx';
import { CopyBar } from './inspector/CopyBar.tsx';
import { Pieces } from './inspector/Pieces.tsx';
import { useBytePins } from './notes/byte-notes.ts';

interface Props {
  readonly detail: RecordDetail;
  readonly fields: readonly ShownField[];
  readonly selected: ShownField | undefined;
  readonly outlined: ShownField | undefined;
  readonly onSelect: (buffer: BufferId, index: number) => void;
  readonly onHover: (buffer: BufferId, index: number | null) => void;
}

const NOWHERE: Translation = { spans: [], otherRecords: [] };

export function Buffers({ detail, fields, selected, outlined, onSelect, onHover }: Props) {
  const shown = useStore((s) => s.buffer);
  const buffer = detail.buffers.find(({ id }) => id === shown);
  // Where there is room, what the record protects is seen beside how it was sent.
  const second = shown === 'packet' ? detail.buffers.find(({ id }) => id === 'plaintext') : undefined;
  const at = selected?.at;
  const translation = useMemo(() => (at ? translate(detail, at) : NOWHERE), [detail, at]);
  const over = outlined?.at;
  const hovered = useMemo(() => (over ? [over, ...translate(detail, over).spans] : []), [detail, over]);
  const spans = at ? [at, ...translation.spans] : [];
  const pinsIn = useBytePins(detail);
  const caretIn = (id: BufferId) => spans.find((span) => span.buffer === id)?.from ?? null;

  const grid = (of: DetailBuffer) => (
    <ByteGrid
      key={of.id}
      buffer={of}
      ranges={ranges(detail, of.id, at, translation.spans)}
      pins={pinsIn(of.id)}
      outlined={hovered.find((span) => span.buffer === of.id)}
      caret={caretIn(of.id)}
      start={of.id === 'packet' ? recordStart(detail) : 0}
      onSelect={(index) => onSelect(of.id, index)}
      onHover={(index) => onHover(of.id, index)}
    />
  );
  return (
    <div className="buffers" data-second={second !== undefined || undefined}>
      <BufferTabs shown={shown} buffers={detail.buffers} says={buffer ? whereText(buffer, caretIn(shown)) : ''} />
      <div className="grids">
        {buffer ? grid(buffer) : <p className="nothing">{whyAbsent(detail, shown)}</p>}
        {second && (
          <section className="second" aria-label="Record plaintext">
            <h3>
              Record plaintext <span>{second.title}</span>
            </h3>
            {grid(second)}
          </section>
        )}
      </div>
      <Pieces detail={detail} spans={spans} />
      <CopyBar detail={detail} fields={fields} field={selected} buffer={buffer} />
    </div>
  );
}

export function recordStart({ record, buffers }: RecordDetail): number {
  return record.offset - (buffers.find(({ id }) => id === 'packet')?.base ?? 0);
}

/** In a file, where the selection lies; else what the buffer is. */
function whereText({ id, title, base }: DetailBuffer, caret: number | null): string {
  if (id !== 'packet') return title;
  return caret === null ? title : `offset 0x${(base + caret).toString(16).padStart(4, '0')}`;
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

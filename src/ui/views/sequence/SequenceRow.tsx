/** One row, drawn: its line with heads and labels. It holds no state and is drawn again only when it changes. */
import { memo } from 'react';
import type { Piece, RowLayout, SignMark, TextMark } from '../../../present/sequence-arrow.ts';
import { attemptTitle, flightOf } from '../../../present/sequence-brackets.ts';
import { crossingWords } from '../../../present/sequence-delays.ts';
import { heightAt } from '../../../present/sequence-path.ts';
import type { SequenceRow as SequenceRowModel } from '../../../present/sequence-types.ts';

interface Props {
  readonly layout: RowLayout;
  readonly width: number;
  readonly sentence: string;
  readonly setSize: number;
}

/** Whether it is selected, reached by Tab, or still to come is set from outside: see marks.ts. */
export const SequenceRow = memo(function SequenceRow({ layout, width, sentence, setSize }: Props) {
  const { row, index, y, height } = layout;
  return (
    <g
      role="option"
      className="sequence-row"
      aria-label={sentence}
      aria-selected={false}
      aria-posinset={index + 1}
      aria-setsize={setSize}
      tabIndex={-1}
      data-row={row.key}
      data-index={index}
      data-flight={row.kind === 'burst' && row.attempt ? flightOf(row.attempt) : undefined}
      data-fate={row.kind === 'burst' ? row.fate : undefined}
    >
      <Hint row={row} />
      <rect className="sequence-area" x={1} y={y + 1} width={Math.max(0, width - 2)} height={height - 2} />
      <Bands layout={layout} />
      <Line layout={layout} />
      {layout.chips.map(({ x, y: top, width: wide, height: high }) => (
        <rect key={x} className="sequence-chip" x={crisp(x)} y={crisp(top)} width={wide} height={high} rx={2} />
      ))}
      {layout.ticks.map((x) => (
        <path key={x} className="sequence-tick" d={`M${crisp(x)} ${layout.lineY - 12}v15`} />
      ))}
      {layout.signs.map((mark) => (
        <Sign key={`${mark.sign} ${mark.x}`} mark={mark} />
      ))}
      {layout.texts.map((text) => (
        <Text key={`${text.x} ${text.y}`} mark={text} />
      ))}
      <Parts layout={layout} />
    </g>
  );
});

/** What the row has no room for, on hover. */
function Hint({ row }: { readonly row: SequenceRowModel }) {
  if (row.kind === 'fold') return null;
  const hints = [
    row.opens === null
      ? ''
      : row.opens === 'closed'
        ? 'Double-click opens it, record by record'
        : 'Double-click folds it',
    ...row.explanations,
    (row.crossing && crossingWords(row.crossing)) ?? '',
    row.attempt && (row.attempt.of ?? 1) > 1 ? attemptTitle(row.attempt) : '',
  ].filter((hint) => hint !== '');
  return hints.length > 0 ? <title>{hints.join('\n')}</title> : null;
}

function Bands({ layout }: { readonly layout: RowLayout }) {
  return layout.bands.map((band) => (
    <g key={band.x}>
      <rect
        className={`epoch-${Math.min(band.epoch, 3)}`}
        x={Math.round(band.x)}
        y={band.y}
        width={band.width}
        height={band.height}
      />
      <text className="sequence-epoch" x={Math.round(band.x) + band.width / 2} y={band.y + 10} textAnchor="middle">
        {band.epoch}
      </text>
    </g>
  ));
}

function Line({ layout }: { readonly layout: RowLayout }) {
  const { x1, x2, stroke, tone, heads, pieces, crosses, stubs, origin } = layout;
  const yAt = (x: number) => heightAt(layout, x);
  const first = heads[0];
  const end = first ? x2 - first.side * 8 : x2;
  // a folded run may have a head at either end
  const start = heads.some((head) => head.x === x1) ? x1 + 8 : x1;
  const lines: readonly Pick<Piece, 'record' | 'x1' | 'x2' | 'fate'>[] = pieces ?? [
    { record: 0, fate: 'delivered', x1: start, x2: heads.some((head) => head.x === x2) ? end : x2 },
  ];
  const offsets = stroke === 'double' ? [-1.6, 1.6] : [stroke === 'thin' ? 0.5 : 0];
  return (
    <g className={`tone-${tone}`}>
      {stubs.map((stub) => (
        <path key={stub.x1} className="sequence-stub" d={`M${stub.x1} ${stub.y}H${stub.x2}`} />
      ))}
      {lines.flatMap((line) =>
        offsets.map((offset) => (
          <path
            key={`${line.record} ${line.x1} ${offset}`}
            className={`sequence-line stroke-${strokeOf(line.fate, stroke, pieces !== null)} ${line.fate === 'delivered' ? '' : 'tone-lost'}`}
            d={`M${line.x1} ${yAt(line.x1) + offset}L${line.x2} ${yAt(line.x2) + offset}`}
          />
        )),
      )}
      {pieces?.map((piece) => (
        <path
          key={piece.x1}
          className={`sequence-line stroke-thin ${piece.fate === 'delivered' ? '' : 'tone-lost'}`}
          d={[piece.x1, piece.x2].map((x) => `M${crisp(x)} ${yAt(x) - 3.5}v7`).join('')}
        />
      ))}
      {origin && <circle className="sequence-outline sequence-opaque" cx={origin.x} cy={origin.y} r={3.5} />}
      {crosses.map(({ x, y }) => (
        <path key={x} className="sequence-line sequence-cross tone-lost" d={`M${x - 4.5} ${y - 4.5}l9 9m0-9l-9 9`} />
      ))}
      {heads.map((head) => (
        <path
          key={`${head.x} ${head.side}`}
          className={head.open ? 'sequence-line stroke-thin' : 'sequence-fill'}
          d="M0 0l-9 -4.2v8.4z"
          transform={`translate(${head.x} ${yAt(head.x)}) rotate(${turned(layout) + (head.side === 1 ? 0 : 180)})`}
        />
      ))}
    </g>
  );
}

/** A lost piece of a message looks lost, whatever became of the others. */
function strokeOf(fate: Piece['fate'], stroke: RowLayout['stroke'], isPiece: boolean): RowLayout['stroke'] | 'piece' {
  if (fate === 'lost') return 'dashed';
  return isPiece && stroke === 'single' ? 'piece' : stroke;
}

/** Degrees by which a line that falls is turned against one that does not. */
function turned({ x1, x2, lineY, endY }: RowLayout): number {
  return x1 === x2 ? 0 : (Math.atan((endY - lineY) / (x2 - x1)) * 180) / Math.PI;
}

/** One target per record. */
function Parts({ layout: { parts, y, height } }: { readonly layout: RowLayout }) {
  const several = new Set(parts.map((part) => part.record)).size > 1;
  if (!several) return null;
  return parts.map((part) => (
    <rect
      key={`${part.record} ${part.x1}`}
      className="sequence-part"
      data-record={part.record}
      x={Math.min(part.x1, part.x2) - 1}
      y={y}
      width={Math.abs(part.x2 - part.x1) + 1}
      height={height}
    />
  ));
}

/** Classes are quicker than styles where there are thousands. */
const SIZES: ReadonlyMap<number, string> = new Map([
  [11, 'sequence-small'],
  [10.5, 'sequence-smaller'],
  [10, 'sequence-smallest'],
]);

function Text({ mark }: { readonly mark: TextMark }) {
  return (
    <text
      className={mark.face === 'mono' ? 'sequence-mono' : SIZES.get(mark.sizePx)}
      data-muted={mark.muted || undefined}
      x={mark.x}
      y={mark.y}
      textAnchor={mark.anchor}
      fontWeight={mark.weight}
      {...(mark.squeezedPx === undefined
        ? {}
        : { textLength: mark.squeezedPx, lengthAdjust: 'spacingAndGlyphs' as const })}
    >
      {mark.text}
    </text>
  );
}

function Sign({ mark: { sign, x, y } }: { readonly mark: SignMark }) {
  switch (sign) {
    case 'lock':
      return (
        <g className="tone-undecryptable" transform={`translate(${x - 4.5} ${y - 5})`}>
          <path className="sequence-outline" d="M0 4.5h9v6H0zM2 4.5v-2a2.5 2.5 0 0 1 5 0v2" />
        </g>
      );
    case 'bolt':
      return (
        <g className="tone-failure" transform={`translate(${x - 4} ${y - 6})`}>
          <path className="sequence-fill" d="M4.6 0 .2 6.6h3L2 12l5.4-7H4.2z" />
        </g>
      );
    case 'malformed':
      return (
        <g className="tone-failure" transform={`translate(${x - 5.5} ${y - 5})`}>
          <path className="sequence-outline" d="M5.5.7 10.6 10H.4z" />
          <path className="sequence-outline" d="M5.5 3.6v3M5.5 7.8v1" />
        </g>
      );
    case 'barred':
      return (
        <g className="tone-failure" transform={`translate(${x} ${y})`}>
          <circle className="sequence-outline sequence-opaque" r="5.5" />
          <path className="sequence-outline" d="M-3.7 3.7l7.4-7.4" />
        </g>
      );
    case 'folded':
      return <path className="sequence-disclosure" d={`M${x - 2.5} ${y - 4}l5 4-5 4z`} />;
    case 'unfolded':
      return <path className="sequence-disclosure" d={`M${x - 4} ${y - 2.5}l4 5 4-5z`} />;
  }
}

/** One-pixel strokes stand between pixels unless they are put on the half. */
function crisp(x: number): number {
  return Math.floor(x) + 0.5;
}

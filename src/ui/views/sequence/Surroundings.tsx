/** What stands around the rows: lifelines, silences, and the brackets of flights. Nothing here can be chosen. */
import type { Bracket, Tie } from '../../../present/sequence-brackets.ts';
import type { Columns } from '../../../present/sequence-columns.ts';
import type { Break, Lifeline } from '../../../present/sequence-layout.ts';

/** Two capture points are two lines, and what lies between them was measured. */
export function PointLines({ columns, height }: { readonly columns: Columns; readonly height: number }) {
  const { points } = columns;
  if (!points) return null;
  return (
    <path className="sequence-point" d={`M${points.client + 0.5} 0V${height}M${points.server + 0.5} 0V${height}`} />
  );
}

/** Under everything else, since lifelines cross them. */
export function SilenceBands({ breaks, width }: { readonly breaks: readonly Break[]; readonly width: number }) {
  return breaks.map(({ before, y, heightPx, folded }) =>
    folded ? (
      <rect key={before} className="sequence-silence" x={0} y={y + 4} width={width} height={heightPx - 8} />
    ) : null,
  );
}

interface SilenceProps {
  readonly silence: Break;
  readonly lifelines: readonly Lifeline[];
  /** It lies after the playhead. */
  readonly future: boolean;
}

/** A folded silence breaks the lifelines; one that is drawn to scale has measure lines instead. */
export function Silence({ silence, lifelines, future }: SilenceProps) {
  const { y, heightPx, label, cause, folded } = silence;
  const middle = y + heightPx / 2;
  const centre = lifelines.reduce((sum, lifeline) => sum + lifeline.x, 0) / Math.max(1, lifelines.length);
  return (
    <g data-future={future || undefined}>
      {folded &&
        lifelines.map(({ sender, x }) => (
          <g key={sender}>
            <path className="sequence-gap" d={`M${x - 9} ${middle + 3}l6 -6 6 6 6 -6`} />
            <path className="sequence-zigzag" d={`M${x - 9} ${middle + 3}l6 -6 6 6 6 -6`} />
          </g>
        ))}
      {!folded && heightPx > 60 && (
        <path
          className="sequence-measure"
          d={`M${centre} ${y + 8}V${middle - 14}M${centre} ${middle + 14}V${y + heightPx - 8}`}
        />
      )}
      <text x={centre} y={middle + 4} textAnchor="middle" fontWeight={500}>
        {label}
        {cause && (
          <tspan dx={6} fontWeight={400} data-muted>
            {cause}
          </tspan>
        )}
      </text>
    </g>
  );
}

interface BracketProps {
  readonly brackets: readonly Bracket[];
  readonly ties: readonly Tie[];
  /** The flight that the pointer or the focus is on. */
  readonly flight: string | null;
  /** Where the playhead is: what begins below it is still to come. */
  readonly until: number;
}

export function Brackets({ brackets, ties, flight, until }: BracketProps) {
  return (
    <g className="sequence-brackets">
      {brackets.map((bracket) => (
        <g
          key={`${bracket.sender} ${bracket.y1}`}
          data-flight={bracket.flight}
          data-lit={bracket.flight === flight || undefined}
          data-future={bracket.y1 > until || undefined}
        >
          <path
            className="sequence-bracket"
            d={`M${bracket.x + 0.5} ${bracket.y1 + 0.5}h${5 * bracket.side}V${bracket.y2 - 0.5}h${-5 * bracket.side}`}
          />
          <text x={bracket.textX} y={bracket.y1 + 13} textAnchor={bracket.side === -1 ? 'end' : 'start'}>
            <tspan fontWeight={600}>{bracket.label}</tspan>
            {bracket.count && (
              <tspan className="sequence-small" dx={5} data-muted>
                {bracket.inline && bracket.outcome ? `${bracket.count} ${bracket.outcome}` : bracket.count}
              </tspan>
            )}
          </text>
          {bracket.outcome && !bracket.inline && (
            <text
              x={bracket.textX}
              y={bracket.y1 + 29}
              textAnchor={bracket.side === -1 ? 'end' : 'start'}
              className="sequence-small"
              data-muted
            >
              {bracket.outcome}
            </text>
          )}
        </g>
      ))}
      {ties
        .filter((tie) => tie.flight === flight)
        .map(({ x, y1, y2, lean }) => (
          <path key={y1} className="sequence-tie" d={`M${x} ${y1}C${x + lean} ${y1} ${x + lean} ${y2} ${x} ${y2}`} />
        ))}
    </g>
  );
}

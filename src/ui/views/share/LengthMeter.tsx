/** How long the link is against what takes how much: to scale up to 8 000 characters, broken beyond. */
import { grouped } from '../../../present/association-row.ts';
import { BANDS, bandOf } from '../../../share/lengths.ts';

const WIDTH = 540;
const SCALE_END = 430;
const [, { upTo: SCALED }] = BANDS;

function xOf(characters: number): number {
  if (characters <= SCALED) return (characters / SCALED) * SCALE_END;
  const [, , { upTo: most }] = BANDS;
  return SCALE_END + Math.min(1, (characters - SCALED) / (most - SCALED)) * (WIDTH - SCALE_END);
}

export function LengthMeter({ characters }: { readonly characters: number }) {
  const band = bandOf(characters);
  return (
    <div className="share-length">
      <p className="small">
        <b>{grouped(characters)} characters</b>{' '}
        <span className="muted">{band ? band.fits : 'too long for a link: over 32 000'}</span>
      </p>
      <svg viewBox={`0 0 ${WIDTH} 50`} aria-hidden="true">
        <rect y="6" width={SCALE_END} height="8" className="meter-room" />
        <path d={`M${SCALE_END} 10h${WIDTH - SCALE_END}`} className="meter-beyond" />
        <rect y="6" width={xOf(characters)} height="8" className={band ? 'meter-is' : 'meter-is over'} />
        {BANDS.map(({ upTo, name }) => {
          const x = xOf(upTo);
          const anchor = x > WIDTH - 30 ? 'end' : 'middle';
          return (
            <g key={upTo}>
              <path d={`M${Math.min(WIDTH - 0.5, x)} 2v16`} className="meter-tick" />
              <text x={x} y="30" textAnchor={anchor} className="meter-number">
                {grouped(upTo)}
              </text>
              <text x={x} y="44" textAnchor={anchor} className="meter-name">
                {name}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

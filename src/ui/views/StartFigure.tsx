/** The figure beside the drop text: one lost flight, in the diagram's own marks. */

interface Row {
  readonly y: number;
  readonly from: 'c' | 's';
  readonly name: string;
  readonly epoch: 0 | 1;
  readonly fate?: 'lost' | 'repeated';
}

const ROWS: readonly Row[] = [
  { y: 14, from: 'c', name: 'ClientKeyExchange', epoch: 0 },
  { y: 40, from: 's', name: 'ChangeCipherSpec', epoch: 0, fate: 'lost' },
  { y: 92, from: 'c', name: 'ClientKeyExchange', epoch: 0, fate: 'repeated' },
  { y: 118, from: 's', name: 'ChangeCipherSpec', epoch: 0, fate: 'repeated' },
  { y: 144, from: 's', name: 'Finished', epoch: 1, fate: 'repeated' },
];

export function StartFigure() {
  return (
    <svg className="figure" width="428" height="150" viewBox="0 0 428 150" aria-hidden="true">
      <pattern id="figure-waits" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="5" height="5" fill="var(--bg)" />
        <rect width="1.6" height="5" fill="var(--client)" fillOpacity=".75" />
      </pattern>
      <rect x="36" y=".5" width="8" height="145" fill="url(#figure-waits)" stroke="var(--client)" strokeWidth=".8" />
      <rect x="386" width="4" height="150" fill="var(--server)" />
      <rect y="54" width="428" height="18" fill="var(--sunken)" />
      <text x="214" y="67" className="gap">
        1&#x2009;001.364 ms of silence
      </text>
      {ROWS.map((row) => (
        <FigureRow key={row.y} row={row} />
      ))}
    </svg>
  );
}

function FigureRow({ row: { y, from, name, epoch, fate } }: { readonly row: Row }) {
  const client = from === 'c';
  const words = [name, ...(fate === 'repeated' ? ['↻2'] : [])];
  return (
    <g>
      <rect x={client ? 50 : 363} y={y - 14} width="15" height="13" className={`e${epoch}`} />
      <text x={client ? 57.5 : 370.5} y={y - 4} className="epoch">
        {epoch}
      </text>
      <text x={client ? 70 : 358} y={y - 4} className={client ? 'name' : 'name end'}>
        {(client ? words : words.reverse()).join(' ')}
      </text>
      <FigureArrow y={y} from={from} fate={fate} />
    </g>
  );
}

function FigureArrow({ y, from, fate }: { readonly y: number; readonly from: 'c' | 's'; readonly fate: Row['fate'] }) {
  const [start, end, side] = from === 'c' ? [46, 382, 1] : [382, 46, -1];
  if (fate === 'lost') {
    return (
      <g className="lo">
        <line x1={start} x2={214 - side * 8} y1={y} y2={y} className="stroke" strokeDasharray="4 3" />
        <path d={`M209 ${y - 5}l10 10m0-10l-10 10`} className="stroke" style={{ strokeWidth: 2.2 }} />
      </g>
    );
  }
  const offsets = fate === 'repeated' ? [-1.6, 1.6] : [0];
  return (
    <g className={fate === 'repeated' ? 're' : from}>
      {offsets.map((dy) => (
        <line
          key={dy}
          x1={start}
          x2={end - side * 9}
          y1={y + dy}
          y2={y + dy}
          className="stroke"
          style={{ strokeWidth: dy === 0 ? 1.5 : 1.1 }}
        />
      ))}
      <path d={`M${end - side} ${y}l${-side * 9} -4.2v8.4z`} className="fill" />
    </g>
  );
}

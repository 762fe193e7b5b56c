/**
 * A sample in miniature, one letter per datagram: c, s by sender; r, R repeated by client, server; x lost from the
 * server; A, S alert by client, server; d duplicate from the client; - a silence over 250 ms.
 */
const WIDTH = 92;
const HEIGHT = 124;
const PITCH = 4.9;
const LEFT = 8;
const RIGHT = WIDTH - 8;

interface Line {
  readonly letter: string;
  readonly y: number;
}

export function MiniDiagram({ code }: { readonly code: string }) {
  const { lines, end } = layout(code);
  return (
    <svg width={WIDTH} height={end} viewBox={`0 0 ${WIDTH} ${end}`} aria-hidden="true">
      {lines.map(({ letter, y }) =>
        letter === '-' ? (
          <rect key={y} x="0" y={y} width={WIDTH} height={PITCH * 0.9} fill="var(--sunken)" />
        ) : (
          <MiniArrow key={y} letter={letter} y={y} />
        ),
      )}
      <line x1={LEFT} x2={LEFT} y1="0" y2={end} className="c stroke" />
      <line x1={RIGHT} x2={RIGHT} y1="0" y2={end} className="s stroke" />
    </svg>
  );
}

function layout(code: string): { readonly lines: readonly Line[]; readonly end: number } {
  const lines: Line[] = [];
  let y = 6;
  for (const letter of code) {
    if (y > HEIGHT - 6) break;
    if (letter === '-') {
      lines.push({ letter, y: y + PITCH * 0.2 });
      y += PITCH * 1.9;
    } else {
      lines.push({ letter, y });
      y += PITCH;
    }
  }
  return { lines, end: Math.min(y, HEIGHT) };
}

function MiniArrow({ letter, y }: Line) {
  const fromServer = 'sxRS'.includes(letter);
  const [start, end] = fromServer ? [RIGHT - 3, LEFT + 3] : [LEFT + 3, RIGHT - 3];
  const side = fromServer ? -1 : 1;
  if (letter === 'x') {
    const middle = (start + end) / 2;
    return (
      <g className="lo">
        <line x1={start} x2={middle + 4} y1={y} y2={y} className="stroke" strokeDasharray="3 2" />
        <path d={`M${middle - 3} ${y - 3}l6 6m0-6l-6 6`} className="stroke" style={{ strokeWidth: 1.7 }} />
      </g>
    );
  }
  const width = 'AS'.includes(letter) ? 2.2 : 1.2;
  return (
    <g className={roleOf(letter)}>
      <line x1={start} x2={end} y1={y} y2={y} className="stroke" style={{ strokeWidth: width }} />
      {letter === 'd' && (
        <line x1={start} x2={end} y1={y + 2.6} y2={y + 2.6} className="stroke" style={{ strokeWidth: 1.2 }} />
      )}
      <path d={`M${end} ${y}l${-side * 5} -2.6v5.2z`} className="fill" />
    </g>
  );
}

function roleOf(letter: string): string {
  if ('rR'.includes(letter)) return 're';
  if ('AS'.includes(letter)) return 'fa';
  return letter === 's' ? 's' : 'c';
}

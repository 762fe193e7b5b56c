/** Under the figure, for one endpoint: state and timer in words, what led there, and what has come of what it waits for. */
import type { Arrival, CoverageAt, CoveredBytes } from '../../../present/coverage-at.ts';
import type { MachineAt } from '../../../present/machine-at.ts';
import type { TimerAt } from '../../../present/timer-at.ts';
import { page } from '../../page.ts';
import { Sign } from '../../parts/Sign.tsx';

export function MachineNote({ machine }: { readonly machine: MachineAt }) {
  const { says, cause, certainty, record, violation, flight, timer, next, coverage } = machine;
  return (
    <div className={`machine-note role-${machine.sender}-figure`}>
      <h3>{says}</h3>
      {timer && <TimerLine timer={timer} />}
      {cause && (
        <p className="machine-cause">
          <Sign certainty={certainty} />
          {record === null ? (
            cause
          ) : (
            <button type="button" className="link" title={`Record ${record}`} onClick={() => page.jump(record)}>
              {cause}
            </button>
          )}
        </p>
      )}
      {violation && <p className="violation">{violation}</p>}
      {flight && <p className="muted">{flight}</p>}
      {coverage ? <Coverage coverage={coverage} /> : next && <p className="muted">{next}</p>}
    </div>
  );
}

function TimerLine({ timer: { totalMs, leftMs, left, certainty } }: { readonly timer: TimerAt }) {
  const part = totalMs > 0 ? leftMs / totalMs : 0;
  return (
    <p className="timer-left">
      <span className="timer-bar" aria-hidden="true">
        <span style={{ scale: `${part} 1` }} />
      </span>
      <Sign certainty={certainty} /> {left}
    </p>
  );
}

/** More messages than this stand in several lines. */
const ONE_LINE = 4;
const SIGNS: Readonly<Record<Arrival, string>> = { arrived: '✓', partly: '…', missing: '✕', open: '' };

function Coverage({ coverage: { messages, bytes, says, flight } }: { readonly coverage: CoverageAt }) {
  return (
    <div role="img" aria-label={says} title={says}>
      <p className="muted coverage-of">{bytes ? `Flight ${flight}, ${bytes.message}` : `Of flight ${flight}`}</p>
      {bytes ? (
        <Bytes bytes={bytes} />
      ) : (
        <div className="coverage" data-many={messages.length > ONE_LINE || undefined}>
          {messages.map(({ name, short, arrival }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a flight may hold two messages of one name, in a fixed order
            <span key={`${i} ${name}`} data-arrival={arrival}>
              {short} {SIGNS[arrival]}
            </span>
          ))}
        </div>
      )}
    </div>
  );
}

/** To scale, with the offset at which each piece begins, and the length at the end. */
function Bytes({ bytes: { pieces, length } }: { readonly bytes: CoveredBytes }) {
  return (
    <div className="coverage coverage-bytes" style={{ gridTemplateColumns: columns(pieces, length) }}>
      {pieces.map(({ from, to, arrival }) => (
        <span key={from} data-arrival={arrival}>
          {from}
          {arrival === 'missing' && ` ${SIGNS.missing}`}
          {to === length && <span className="coverage-end">{length}</span>}
        </span>
      ))}
    </div>
  );
}

/** Never narrower than the numbers under them: the last piece has two. */
function columns(pieces: CoveredBytes['pieces'], length: number): string {
  return pieces
    .map(({ from, to }, i) => {
      const leastPx = i === pieces.length - 1 ? 62 : 26;
      return `minmax(${leastPx}px, ${Math.max(1, Math.round((100 * (to - from)) / length))}fr)`;
    })
    .join(' ');
}

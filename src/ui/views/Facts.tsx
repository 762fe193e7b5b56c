/** What was agreed and what the capture holds, under the list; problems of the file come first. */
import type { CaptureSummary } from '../../analysis/trace.ts';
import { counted, grouped } from '../../present/association-row.ts';
import { run } from '../commands/commands.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { numberedNotes } from '../store/note-selectors.ts';
import { selectedAssociation, traceProblems, wholeAssociation } from '../store/selectors.ts';
import type { Side as Shown } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import { Findings } from './Findings.tsx';
import { AssociationFacts } from './facts/AssociationFacts.tsx';
import { Certificates } from './facts/Certificates.tsx';
import { Checks, Closed } from './facts/Checks.tsx';
import { Fact } from './facts/Fact.tsx';
import { Story } from './facts/Story.tsx';
import { Notes } from './notes/Notes.tsx';
import { PORTS } from './Ports.tsx';
import './facts/facts.css';

const SIDES: readonly Shown[] = ['findings', 'facts', 'notes'];
const NAMES: Readonly<Record<Shown, string>> = { findings: 'Findings', facts: 'Facts', notes: 'Notes' };

/** The lower half of the left column: what went wrong, what was agreed, or what the reader wrote. */
export function Side() {
  const side = useStore((s) => s.side);
  const show = useStore((s) => s.showSide);
  const count = useStore((s) => (selectedAssociation(s)?.findings.length ?? 0) + s.trace.findings.length);
  const association = useStore(wholeAssociation);
  const general = useStore((s) => s.trace.findings);
  const notes = useStore((s) => numberedNotes(s).length);
  return (
    <section className="facts" aria-label="Findings, facts and notes">
      <div className="bar">
        <div
          className="side-tabs"
          role="tablist"
          aria-label="Findings, facts or notes"
          onKeyDown={(event) => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
            event.preventDefault();
            event.stopPropagation();
            const by = event.key === 'ArrowRight' ? 1 : SIDES.length - 1;
            const other = SIDES[(SIDES.indexOf(side) + by) % SIDES.length] ?? 'findings';
            show(other);
            document.getElementById(`side-${other}`)?.focus();
          }}
        >
          {SIDES.map((one) => (
            <button
              key={one}
              id={`side-${one}`}
              type="button"
              role="tab"
              aria-selected={side === one}
              aria-controls="side-panel"
              tabIndex={side === one ? 0 : -1}
              onClick={() => show(one)}
            >
              {NAMES[one]}
              {one === 'findings' && <span className="count"> {count}</span>}
              {one === 'notes' && notes > 0 && <span className="count"> {notes}</span>}
            </button>
          ))}
        </div>
        <span className="grow" />
        {side === 'findings' && count > 0 && (
          <button type="button" className="next-finding" title="Next finding" onClick={() => run('nextFinding')}>
            next <kbd>e</kbd>
          </button>
        )}
      </div>
      <div className="scroll" id="side-panel" role="tabpanel" aria-labelledby={`side-${side}`} tabIndex={-1}>
        <Problems />
        {side === 'facts' && <Facts />}
        {side === 'notes' && <Notes />}
        {side === 'findings' && association && <Findings association={association} general={general} />}
      </div>
    </section>
  );
}

/** Whatever is shown below is shown in spite of these. */
function Problems() {
  const problems = traceProblems(useStore((s) => s.trace));
  if (problems.length === 0) return null;
  return (
    <ul className="problems">
      {problems.slice(0, 20).map((problem) => (
        <li key={problem}>
          <Glyph shape="warning" />
          {problem}
        </li>
      ))}
      {problems.length > 20 && <li className="muted">and {problems.length - 20} more problems</li>}
    </ul>
  );
}

function Facts() {
  const captures = useStore((s) => s.trace.captures);
  const detail = useStore((s) => (s.detail?.association.id === s.association ? s.detail : null));
  return (
    <>
      {detail && <AssociationFacts association={detail.association} />}
      {detail && <Story detail={detail} />}
      {detail && <Closed detail={detail} />}
      {detail && <Checks detail={detail} />}
      {detail && <Certificates association={detail.association} />}
      {captures.map((capture, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: captures have no other identity, and their order is fixed
        <CaptureFacts key={i} capture={capture} />
      ))}
      <button type="button" className="link other-port" popoverTarget={PORTS}>
        Treat another UDP port as DTLS
      </button>
      <button type="button" className="link other-port" onClick={() => useStore.getState().togglePanel('export')}>
        Export reports, pictures and captures
      </button>
    </>
  );
}

function CaptureFacts({ capture: c }: { readonly capture: CaptureSummary }) {
  const [from, to] = [c.firstTime, c.lastTime].map((time) => time?.replace('T', ' ').replace(/(\.\d{3})\d*/, '$1'));
  return (
    <dl className="capture">
      <Fact name="File">{c.name}</Fact>
      <Fact name="Format">{`${c.format}, ${counted(c.packets, 'packet')}`}</Fact>
      <Fact name="DTLS">{`${grouped(c.dtlsDatagrams)} of ${counted(c.udpDatagrams, 'UDP datagram')}, ${counted(c.dtlsRecords, 'record')}`}</Fact>
      <Fact name="From">{from}</Fact>
      <Fact name="To">{to}</Fact>
    </dl>
  );
}

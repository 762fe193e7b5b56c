/** What was agreed and what the capture holds, under the list; problems of the file come first. */
import type { CaptureSummary } from '../../analysis/trace.ts';
import { counted, grouped } from '../../present/association-row.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { captureProblems, selectedAssociation } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { AssociationFacts } from './facts/AssociationFacts.tsx';
import { Certificates } from './facts/Certificates.tsx';
import { Checks, Closed } from './facts/Checks.tsx';
import { Fact } from './facts/Fact.tsx';
import { PORTS } from './Ports.tsx';
import './facts/facts.css';

export function Facts() {
  const association = useStore(selectedAssociation);
  const captures = useStore((s) => s.trace.captures);
  const detail = useStore((s) => (s.detail?.association.id === s.association ? s.detail : null));
  const problems = captureProblems(captures);
  return (
    <section className="facts" aria-label="Facts">
      <div className="bar">
        <h2>Facts</h2>
        {association && <span className="count">{association.id}</span>}
      </div>
      <div className="scroll">
        {problems.length > 0 && (
          <ul className="problems">
            {problems.slice(0, 20).map((problem) => (
              <li key={problem}>
                <Glyph shape="warning" />
                {problem}
              </li>
            ))}
            {problems.length > 20 && <li className="muted">and {problems.length - 20} more problems</li>}
          </ul>
        )}
        {association && <AssociationFacts association={association} />}
        {detail && <Closed detail={detail} />}
        {detail && <Checks detail={detail} />}
        {association && <Certificates association={association} />}
        {captures.map((capture, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: captures have no other identity, and their order is fixed
          <CaptureFacts key={i} capture={capture} />
        ))}
        <button type="button" className="link other-port" popoverTarget={PORTS}>
          Treat another UDP port as DTLS
        </button>
      </div>
    </section>
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

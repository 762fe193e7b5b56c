/** The chain that one side sent, a short card for each certificate. */
import type { Association, CertificateView } from '../../../analysis/trace.ts';
import { certificateCard } from '../../../present/certificate-card.ts';
import { Glyph } from '../../parts/Glyph.tsx';
import { Copyable, FactSection } from './Fact.tsx';

export function Certificates({ association: { certificates } }: { readonly association: Association }) {
  return (
    <>
      <Chain title="Server’s certificates" chain={certificates.server} />
      <Chain title="Client’s certificates" chain={certificates.client} />
    </>
  );
}

function Chain({ title, chain }: { readonly title: string; readonly chain: readonly CertificateView[] }) {
  if (chain.length === 0) return null;
  return (
    <FactSection title={chain.length === 1 ? title.replace(/s$/, '') : `${title}, ${chain.length}`}>
      {chain.map((certificate, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a chain may hold a certificate twice, and its order is fixed
        <Card key={i} certificate={certificate} />
      ))}
    </FactSection>
  );
}

function Card({ certificate }: { readonly certificate: CertificateView }) {
  const card = certificateCard(certificate);
  return (
    <div className="certificate">
      <p className="strong">{card.subject}</p>
      {card.issuer !== null && <p className="muted">{card.issuer}</p>}
      {card.chainWrong !== null && <Wrong what={card.chainWrong} />}
      {card.dates !== null && <p>{card.dates}</p>}
      {card.datesWrong !== null && <Wrong what={card.datesWrong} />}
      <p className="muted">{card.key}</p>
      {card.names !== null && <p className="muted">for {card.names}</p>}
      <Copyable text={card.fingerprint} what="the fingerprint" />
    </div>
  );
}

function Wrong({ what }: { readonly what: string }) {
  return (
    <p className="wrong">
      <Glyph shape="warning" />
      {what}
    </p>
  );
}

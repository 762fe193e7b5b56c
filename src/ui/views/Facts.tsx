/** What was agreed and what the capture holds, under the list; problems of the file come first. */
import { Fragment, type ReactNode } from 'react';
import type { Association, CaptureSummary } from '../../analysis/trace.ts';
import { counted, grouped, milliseconds } from '../../present/association-row.ts';
import { page } from '../page.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { captureProblems, selectedAssociation } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';

const ENDINGS: Readonly<Record<NonNullable<Association['closed']>, string>> = {
  close_notify: 'close_notify',
  'fatal-alert': 'a fatal alert',
  replaced: 'a new association from the same address',
  silent: 'silence',
};

const KINDS: Readonly<Record<Association['handshakes'][number]['kind'], string>> = {
  full: 'full',
  'resumed-session-id': 'resumed by session ID',
  'resumed-ticket': 'resumed by ticket',
  psk: 'PSK',
  renegotiation: 'renegotiation',
  '1.3-full': 'full',
  '1.3-psk': 'PSK',
  '1.3-0rtt': 'PSK with early data',
};

export function Facts() {
  const association = useStore(selectedAssociation);
  const captures = useStore((s) => s.trace.captures);
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
        {captures.map((capture, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: captures have no other identity, and their order is fixed
          <CaptureFacts key={i} capture={capture} />
        ))}
      </div>
    </section>
  );
}

function AssociationFacts({ association: a }: { readonly association: Association }) {
  const handshake = a.handshakes[0];
  return (
    <dl>
      <Fact name={a.rolesKnown ? 'Client' : 'First seen'}>{`${a.client.address}:${a.client.port}`}</Fact>
      <Fact name={a.rolesKnown ? 'Server' : 'Peer'}>{`${a.server.address}:${a.server.port}`}</Fact>
      <Moves association={a} />
      <Fact name="Version">{a.version}</Fact>
      <Fact name="Cipher suite">{a.cipherSuite && <Breakable name={a.cipherSuite.name} />}</Fact>
      <Fact name="Key exchange">{a.keyExchange}</Fact>
      <Fact name="Group">{a.group}</Fact>
      <Fact name="Handshake">
        {handshake &&
          `${KINDS[handshake.kind]}${handshake.cookieExchange ? ', with a cookie' : ''}${handshake.helloRetryRequest ? ', after a HelloRetryRequest' : ''}`}
      </Fact>
      <Fact name="Took">{a.handshakeMs === null ? null : milliseconds(a.handshakeMs)}</Fact>
      <Fact name="Extended MS">{yesNo(a.extendedMasterSecret)}</Fact>
      <Fact name="Encrypt-then-MAC">{yesNo(a.encryptThenMac)}</Fact>
      <Fact name="ALPN">{a.alpn}</Fact>
      <Fact name="Server name">{a.serverName}</Fact>
      <Fact name="PSK identity">{a.pskIdentity}</Fact>
      <Fact name="SRTP">{a.srtpProfile}</Fact>
      <Fact name="Client’s CID">{cid(a.connectionIds.client)}</Fact>
      <Fact name="Server’s CID">{cid(a.connectionIds.server)}</Fact>
      <Certificates name="Server’s cert." chain={a.certificates.server} />
      <Certificates name="Client’s cert." chain={a.certificates.client} />
      <Fact name="Records">{recordsText(a)}</Fact>
      <Alerts association={a} />
      <Epochs association={a} />
      <Fact name="Ended by">{a.closed && ENDINGS[a.closed]}</Fact>
    </dl>
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

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null || children === undefined || children === '') return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A registry name that may break after its underscores. */
function Breakable({ name }: { readonly name: string }) {
  return name.split(/(?<=_)/).map((part, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts may repeat, and their order is fixed
    <Fragment key={i}>
      {part}
      <wbr />
    </Fragment>
  ));
}

function Moves({ association: { addressChanges } }: { readonly association: Association }) {
  return addressChanges.map(({ packet, endpoint, to }) => (
    <Fact key={packet} name="Moved">{`${endpoint} to ${to.address}:${to.port} in packet ${packet}`}</Fact>
  ));
}

function Certificates({
  name,
  chain,
}: {
  readonly name: string;
  readonly chain: Association['certificates']['client'];
}) {
  return chain.map(({ sha256, subject, publicKey }, i) => (
    <Fact key={sha256} name={i === 0 ? name : ''}>
      {subject || 'no subject'} <span className="muted">{publicKey}</span>
    </Fact>
  ));
}

function Alerts({ association: { alerts } }: { readonly association: Association }) {
  return alerts.map(({ record, packet, sender, level, description }) => (
    <Fact key={record} name="Alert">
      <button type="button" className="link" onClick={() => page.selectRecord(record)}>
        {description}
      </button>{' '}
      <span className="muted">{`${level}, by the ${sender}, packet ${packet}`}</span>
    </Fact>
  ));
}

function Epochs({ association: { epochs } }: { readonly association: Association }) {
  return epochs.map(({ sender, epoch, records, keys, missing }) => {
    const gaps = missing.length > 0 ? `, ${missing.length} missing` : '';
    const closed = epoch > 0 && !keys ? ', no key' : '';
    return (
      <Fact
        key={`${sender} ${epoch}`}
        name={`Epoch ${epoch}`}
      >{`${sender}: ${counted(records, 'record')}${gaps}${closed}`}</Fact>
    );
  });
}

function recordsText({ records: r }: Association): string {
  const closed = r.decrypted + r.undecryptable;
  const opened = closed > 0 ? `, ${grouped(r.decrypted)} of ${grouped(closed)} encrypted ones opened` : '';
  return `${grouped(r.total)}${opened}${r.malformed > 0 ? `, ${grouped(r.malformed)} malformed` : ''}`;
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

function cid(value: string | null): string | null {
  return value === '' ? 'zero-length' : value;
}

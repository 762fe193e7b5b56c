/** What the two sides agreed on, and how it went: one association as a list of facts. */
import { Fragment } from 'react';
import type { Association } from '../../../analysis/trace.ts';
import { counted, endpointText, grouped, milliseconds } from '../../../present/association-row.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';
import { Copyable, Fact } from './Fact.tsx';
import { Srtp } from './Srtp.tsx';

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

export function AssociationFacts({ association: a }: { readonly association: Association }) {
  const handshake = a.handshakes[0];
  return (
    <dl>
      <Fact name={a.rolesKnown ? 'Client' : 'First seen'}>{endpointText(a.client)}</Fact>
      <Fact name={a.rolesKnown ? 'Server' : 'Peer'}>{endpointText(a.server)}</Fact>
      <Moves association={a} />
      <Fact name="Carried in">{a.carriers.length > 0 ? a.carriers.join(', ') : null}</Fact>
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
      <Srtp association={a} />
      <ConnectionId name="CID to client" id={a.connectionIds.client} />
      <ConnectionId name="CID to server" id={a.connectionIds.server} />
      <Fact name="Records">{recordsText(a)}</Fact>
      <Alerts association={a} />
      <Epochs association={a} />
      <Fingerprint name="JA3" text={a.fingerprints.ja3} />
      <Fingerprint name="JA3S" text={a.fingerprints.ja3s} />
      <Fingerprint name="JA4" text={a.fingerprints.ja4} />
      <Fact name="Ended by">{a.closed && ENDINGS[a.closed]}</Fact>
    </dl>
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

/** A Connection ID lets an endpoint go on from another address (RFC 9146 §6). The first record from there is linked. */
function Moves({ association: { id, addressChanges } }: { readonly association: Association }) {
  const records = useStore((s) => (s.detail?.association.id === id ? s.detail.records : null));
  return addressChanges.map(({ timeMs, packet, endpoint, from, to }) => {
    const record = records?.find((one) => one.packet === packet && one.timeMs === timeMs)?.record;
    const where = `packet ${packet}`;
    return (
      <Fact key={`${timeMs} ${packet}`} name="Moved">
        {`${endpoint} from ${endpointText(from)} to ${endpointText(to)} in `}
        {record === undefined ? (
          where
        ) : (
          <button type="button" className="link" onClick={() => page.jump(record)}>
            {where}
          </button>
        )}
      </Fact>
    );
  });
}

function Alerts({ association: { alerts } }: { readonly association: Association }) {
  return alerts.map(({ record, packet, sender, level, description }) => (
    <Fact key={record} name="Alert">
      <button type="button" className="link" onClick={() => page.jump(record)}>
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
  const rest = [
    [r.retransmitted, 'retransmitted'],
    [r.duplicate, 'duplicate'],
    [r.reordered, 'reordered'],
    [r.malformed, 'malformed'],
  ] as const;
  const told = rest.filter(([count]) => count > 0).map(([count, what]) => `, ${grouped(count)} ${what}`);
  return `${grouped(r.total)}${opened}${told.join('')}`;
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}

/** What each side wants to find in the records that it receives (RFC 9146 §3). */
function ConnectionId({ name, id }: { readonly name: string; readonly id: string | null }) {
  if (id === null) return null;
  return <Fact name={name}>{id === '' ? 'zero-length: none is sent' : <Copyable text={id} what={name} />}</Fact>;
}

function Fingerprint({ name, text }: { readonly name: string; readonly text: string | null }) {
  return <Fact name={name}>{text && <Copyable text={text} what={name} />}</Fact>;
}

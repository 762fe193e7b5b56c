/** What a recipient of a shared trace will see, by value: shown to the sharer before anything leaves. */
import type { AssociationDetail, RecordView } from '../analysis/trace.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import type { Note } from './notes.ts';
import type { Redactions, SharedTrace } from './shared-trace.ts';

export interface Disclosure {
  /** In the clear, each a short phrase with the values themselves. */
  readonly readable: readonly string[];
  /** There, but encrypted or emptied. */
  readonly opaque: readonly string[];
  /** Left out. */
  readonly absent: readonly string[];
}

const MOST_VALUES = 12;
/** So much of a note tells which it is. */
const NOTE_START = 60;

/** @param details the associations of `trace` as it is opened again: what is told is what is there. */
export function disclosureOf(
  trace: SharedTrace,
  details: readonly AssociationDetail[],
  replaced: readonly { readonly from: string; readonly to: string }[],
): Disclosure {
  const { redactions, endpoints, messages, secrets, notes } = trace;
  const records = details.flatMap((d) => d.records);
  const opened = records.filter(
    (r) => r.state === 'decrypted' && r.contentType === CONTENT_TYPE.applicationData,
  ).length;
  return {
    readable: [
      'What the hellos offer: versions, cipher suites, groups, extensions',
      ...namedParts(redactions, details),
      `Ports ${enumerated([...new Set(endpoints.map((e) => String(e.port)))])}`,
      ...(redactions.addresses === 'kept'
        ? [`Addresses ${enumerated([...new Set(endpoints.map((e) => e.address))])}`]
        : []),
      redactions.clock === 'kept' ? 'When each packet was captured, date included' : 'Times since the first packet',
      ...(messages.length > 0
        ? [`${messages.length} decrypted handshake messages, alerts and ACKs, as your claim`]
        : []),
      ...(redactions.applicationData === 'marks' ? [] : ['How long each record of application data is']),
      ...(opened > 0 ? [`What ${opened} records of application data say: they are decrypted`] : []),
      ...(notes.length > 0 ? [notesText(notes)] : []),
      ...(secrets.length > 0
        ? [`${secrets.length} secrets: whoever has this can decrypt what is in it, and what they captured themselves`]
        : []),
    ],
    opaque: opaqueParts(details, redactions),
    absent: absentParts(trace, replaced),
  };
}

function notesText(notes: readonly Note[]): string {
  const begun = notes.map(({ text }) => (text.length > NOTE_START ? `“${text.slice(0, NOTE_START)}…”` : `“${text}”`));
  return `${notes.length === 1 ? 'One note' : `${notes.length} notes`}: ${enumerated(begun)}`;
}

/** Names, each by value. */
function namedParts({ names, certificates }: Redactions, details: readonly AssociationDetail[]): readonly string[] {
  if (names === 'blanked') return [];
  const associations = details.map((d) => d.association);
  const shown =
    certificates === 'kept' ? associations.flatMap((a) => [...a.certificates.client, ...a.certificates.server]) : [];
  const parts = [
    ['Server name', associations.map((a) => a.serverName)],
    ['ALPN', associations.map((a) => a.alpn)],
    ['PSK identity', associations.map((a) => a.pskIdentity)],
    ['Certificate of', shown.map((c) => c.subject)],
    ['Names in certificates', shown.flatMap((c) => c.names)],
  ] as const;
  return parts.flatMap(([what, values]) => {
    const list = [...new Set(values.flatMap((value) => (value === null || value === '' ? [] : [value])))];
    return list.length > 0 ? [`${what} ${enumerated(list)}`] : [];
  });
}

function opaqueParts(details: readonly AssociationDetail[], { applicationData }: Redactions): readonly string[] {
  const closed = details.flatMap((d) => d.records).filter((r) => r.state !== 'plaintext' && r.state !== 'decrypted');
  const data = closed.filter(isData).length;
  const parts: string[] = [];
  if (applicationData === 'bodies' && data > 0)
    parts.push(`${data} records of application data, encrypted as they were captured`);
  if (applicationData === 'marks' && data > 0)
    parts.push('That application data was sent, when and by whom, but neither its content nor its length');
  if (applicationData === 'lengths' && data > 0)
    parts.push('That application data was sent, when, by whom and how long, without its content');
  if (closed.length > data) parts.push('Encrypted handshake records as they were captured, closed without keys');
  return parts;
}

/** As far as its header tells: of closed records of DTLS 1.3 all but those of the handshake's epoch. */
function isData({ contentType, epoch }: RecordView): boolean {
  return contentType === null ? epoch !== HANDSHAKE_EPOCH : contentType === CONTENT_TYPE.applicationData;
}

const HANDSHAKE_EPOCH = 2;

function absentParts(
  { redactions, secrets }: SharedTrace,
  replaced: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const parts = ['Ethernet and IP headers, other traffic, the name of the file'];
  if (redactions.addresses === 'replaced' && replaced.length > 0)
    parts.push(`Addresses: ${enumerated(replaced.map(({ from, to }) => `${from} becomes ${to}`))}`);
  // They were replaced by whoever shared it before.
  else if (redactions.addresses === 'replaced') parts.push('Real addresses');
  if (redactions.clock === 'relative') parts.push('Date and time of day');
  if (redactions.names === 'blanked') parts.push('Names: host names, identities and certificates are unreadable');
  else if (redactions.certificates === 'digests') parts.push('Certificates are unreadable');
  if (redactions.applicationData !== 'bodies') parts.push('Application data');
  if (secrets.length === 0) parts.push('Keys');
  return parts;
}

function enumerated(values: readonly string[]): string {
  const shown = values.slice(0, MOST_VALUES).join(', ');
  return values.length > MOST_VALUES ? `${shown} and ${values.length - MOST_VALUES} more` : shown;
}

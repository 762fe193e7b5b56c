/** What a recipient of a shared trace will see, by value: shown to the sharer before anything leaves. */
import type { AssociationDetail } from '../analysis/trace.ts';
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

/** @param details the associations of `trace` as it is opened again: what is told is what is there. */
export function disclosureOf(
  trace: SharedTrace,
  details: readonly AssociationDetail[],
  replaced: readonly { readonly from: string; readonly to: string }[],
): Disclosure {
  const { redactions, endpoints, messages, secrets, notes } = trace;
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
      ...(notes.length > 0 ? [notes.length === 1 ? 'One note' : `${notes.length} notes`] : []),
      ...(secrets.length > 0
        ? [`${secrets.length} secrets: whoever has this can decrypt what is in it, and what they captured themselves`]
        : []),
    ],
    opaque: opaqueParts(details, redactions),
    absent: absentParts(trace, replaced),
  };
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

function opaqueParts(details: readonly AssociationDetail[], { applicationData, keys }: Redactions): readonly string[] {
  const records = details.flatMap((d) => d.records);
  const closed = records.filter((r) => r.epoch > 0).length;
  const data = records.filter((r) => r.contents.some((c) => c.kind === 'applicationData')).length;
  const parts: string[] = [];
  if (applicationData === 'bodies' && data > 0)
    parts.push(`${data} records of application data, encrypted as they were captured`);
  if (applicationData === 'marks')
    parts.push('That application data was sent, when and by whom, but neither its content nor its length');
  if (applicationData === 'lengths')
    parts.push('That application data was sent, when, by whom and how long, without its content');
  if (closed > 0 && keys === 'none') parts.push('Encrypted handshake records, by length and number only');
  return parts;
}

function absentParts(
  { redactions, secrets }: SharedTrace,
  replaced: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const parts = ['Ethernet and IP headers, other traffic, the name of the file'];
  if (redactions.addresses === 'replaced' && replaced.length > 0)
    parts.push(`Addresses: ${enumerated(replaced.map(({ from, to }) => `${from} becomes ${to}`))}`);
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

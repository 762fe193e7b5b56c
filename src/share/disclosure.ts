/** What a recipient of a shared trace will see, by value: shown to the sharer before anything leaves. */
import type { AssociationDetail } from '../analysis/trace.ts';
import type { ShareChoices } from './choices.ts';
import type { SharedTrace } from './shared-trace.ts';

export interface Disclosure {
  /** In the clear, each a short phrase with the values themselves. */
  readonly readable: readonly string[];
  /** There, but encrypted or emptied. */
  readonly opaque: readonly string[];
  /** Left out. */
  readonly absent: readonly string[];
}

const MOST_VALUES = 12;

export function disclosureOf(
  trace: SharedTrace,
  details: readonly AssociationDetail[],
  choices: ShareChoices,
  replaced: readonly { readonly from: string; readonly to: string }[],
): Disclosure {
  const associations = details.map((d) => d.association);
  const certificates = associations.flatMap((a) => [...a.certificates.client, ...a.certificates.server]);
  const blanked = choices.names === 'blanked';
  const readable: string[] = ['What the hellos offer: versions, cipher suites, groups, extensions'];
  const named = (what: string, values: readonly (string | null)[]) => {
    const list = [...new Set(values.flatMap((v) => (v === null || v === '' ? [] : [v])))];
    if (list.length > 0 && !blanked) readable.push(`${what} ${enumerated(list)}`);
  };
  named(
    'Server name',
    associations.map((a) => (trace.redactions.altered && isAddress(a.serverName) ? null : a.serverName)),
  );
  named(
    'ALPN',
    associations.map((a) => a.alpn),
  );
  named(
    'PSK identity',
    associations.map((a) => a.pskIdentity),
  );
  if (!blanked && choices.certificates === 'kept') {
    named(
      'Certificate of',
      certificates.map((c) => c.subject),
    );
    named(
      'with the names',
      certificates.flatMap((c) => c.names),
    );
  }
  readable.push(`Ports ${enumerated([...new Set(trace.endpoints.map((e) => String(e.port)))])}`);
  if (choices.addresses === 'kept')
    readable.push(`Addresses ${enumerated([...new Set(trace.endpoints.map((e) => e.address))])}`);
  readable.push(
    choices.clock === 'kept' ? 'When each packet was captured, date included' : 'Times since the first packet',
  );
  if (choices.keys === 'messages')
    readable.push(`${trace.messages.length} decrypted handshake messages, alerts and ACKs, as your claim`);
  if (choices.applicationData !== 'marks') readable.push('How long each record of application data is');
  if (trace.notes.length > 0)
    readable.push(trace.notes.length === 1 ? 'Your note' : `Your ${trace.notes.length} notes`);
  const secret = choices.keys === 'secrets' || choices.keys === 'all-secrets';
  if (secret)
    readable.push(
      `${trace.secrets.length} secrets: whoever has this can decrypt what is in it, and what they captured themselves`,
    );
  return { readable, opaque: opaqueParts(details, choices), absent: absentParts(choices, replaced) };
}

function opaqueParts(
  details: readonly AssociationDetail[],
  { applicationData, keys }: ShareChoices,
): readonly string[] {
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
  choices: ShareChoices,
  replaced: readonly { readonly from: string; readonly to: string }[],
): readonly string[] {
  const parts = ['Ethernet and IP headers, other traffic, the name of the file'];
  if (choices.addresses === 'replaced' && replaced.length > 0)
    parts.push(`Addresses: ${enumerated(replaced.map(({ from, to }) => `${from} becomes ${to}`))}`);
  if (choices.clock === 'relative') parts.push('Date and time of day');
  if (choices.names === 'blanked') parts.push('Names: host names, identities and certificates are unreadable');
  else if (choices.certificates === 'digests') parts.push('Certificates are unreadable');
  if (choices.applicationData !== 'bodies') parts.push('Application data');
  if (choices.keys === 'none') parts.push('Keys');
  return parts;
}

function enumerated(values: readonly string[]): string {
  const shown = values.slice(0, MOST_VALUES).join(', ');
  return values.length > MOST_VALUES ? `${shown} and ${values.length - MOST_VALUES} more` : shown;
}

const isAddress = (name: string | null): boolean => name !== null && (/^[\d.]+$/.test(name) || name.includes(':'));

/** What a shared trace is, in the words of the banner over it. */
import { counted } from './association-row.ts';

interface Shared {
  readonly from: 'link' | 'server' | 'file';
  readonly packets: number;
  readonly secrets: number;
  readonly messages: number;
  readonly notes: readonly unknown[];
  readonly redactions: {
    readonly scope: string;
    readonly applicationData: string;
    readonly addresses: string;
    readonly clock: string;
    readonly names: string;
    readonly certificates: string;
  };
}

/** "21 packets, 26 records", "addresses replaced", "times relative", "no keys", "3 notes by the sender". */
export function sharedFacts(shared: Shared, records: number): readonly string[] {
  const { packets, secrets, messages, notes, redactions: r } = shared;
  return [
    `${counted(packets, 'packet')}, ${counted(records, 'record')}`,
    ...(r.scope === 'time-range' ? ['part of the time'] : []),
    r.addresses === 'replaced' ? 'addresses replaced' : 'real addresses',
    r.clock === 'relative' ? 'times relative' : 'real times',
    ...(r.names === 'blanked' ? ['names blanked'] : []),
    ...(r.certificates === 'digests' ? ['certificates left out'] : []),
    ...(r.applicationData === 'bodies' ? [] : ['no application data']),
    keysText(secrets, messages),
    ...(shared.from === 'server' ? ['kept, encrypted, on the server of this page'] : []),
    ...(notes.length > 0 ? [`${counted(notes.length, 'note')} by the sender`] : []),
  ];
}

function keysText(secrets: number, messages: number): string {
  if (secrets > 0) return `with ${counted(secrets, 'secret')}: whoever has this can decrypt it`;
  return messages > 0 ? `${counted(messages, 'message')} as the sender decrypted them` : 'no keys';
}

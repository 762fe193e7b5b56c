/** What "nothing wrong found" rests on: what was looked for, and what this capture could not show. */
import type { ListedAssociation } from '../analysis/listed-association.ts';
import type { VantageView } from '../analysis/story.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import { counted, grouped } from './association-row.ts';

export interface CheckedGroup {
  /** As the folders of the rules are called. */
  readonly group: string;
  readonly rules: number;
  readonly what: string;
}

/** A test compares the numbers with the rules themselves. */
export const CHECKED: readonly CheckedGroup[] = [
  { group: 'reachability', rules: 7, what: 'Silence, ICMP errors, answers from other addresses' },
  { group: 'cookies', rules: 9, what: 'Cookies that are ignored, refused or lost' },
  { group: 'negotiation', rules: 11, what: 'Versions, suites, groups, extensions' },
  { group: 'certificates', rules: 7, what: 'Certificates: issuer, dates, usage, client certificates' },
  { group: 'fragmentation', rules: 8, what: 'Fragments and the path MTU' },
  { group: 'loss', rules: 14, what: 'Losses, timers, the last flight' },
  { group: 'psk', rules: 5, what: 'Pre-shared keys and their identities' },
  { group: 'reassociation', rules: 12, what: 'New handshakes on old addresses, connection IDs' },
  { group: 'resumption', rules: 7, what: 'Resumption and renegotiation' },
  { group: 'alerts', rules: 6, what: 'Alerts, and who ignored them' },
  { group: 'epochs', rules: 11, what: 'Epochs, reordering, replays, damage' },
  { group: 'webrtc', rules: 9, what: 'WebRTC: roles, fingerprints, SRTP' },
  { group: 'iot', rules: 8, what: 'Applications: CoAP, RADIUS, VPN' },
  { group: 'dtls13', rules: 11, what: 'DTLS 1.3: ACKs, key updates, early data' },
  { group: 'security', rules: 11, what: 'Weak parameters, nonces, predictable values' },
];

export const RULE_COUNT: number = CHECKED.reduce((sum, { rules }) => sum + rules, 0);

/** One sentence each; empty where the capture shows all there is. */
export function notShown(association: ListedAssociation, detail: AssociationDetail | null): readonly string[] {
  const { records, outcome } = association;
  const closed = records.undecryptable;
  const sentences: string[] = [];
  if (closed > 0)
    sentences.push(
      `${counted(closed, 'record')} of ${grouped(closed + records.decrypted)} encrypted ones stayed closed: what is inside was not looked at.`,
    );
  if (outcome === 'no-handshake')
    sentences.push('The handshake is not in this capture, so what it agreed on could not be checked.');
  const place = detail && PLACES[detail.vantage.position];
  if (place) sentences.push(place);
  return sentences;
}

const PLACES: Readonly<Record<VantageView['position'], string | null>> = {
  client: 'Captured at the client: what was lost on its way to the server cannot be seen directly.',
  server: 'Captured at the server: what was lost on its way to the client cannot be seen directly.',
  between: 'Captured between the two: what was lost after it passed here cannot be seen directly.',
  unknown: 'Where it was captured is not known: what was lost after it passed there cannot be seen directly.',
  both: null,
};

/** The key log lines that go with a trace, where its sharer insists: those of its associations and no others. */
import type { Session } from '../analysis/session.ts';
import type { AssociationDetail } from '../analysis/trace.ts';
import type { Redactions } from './shared-trace.ts';

/** Of DTLS 1.3; in DTLS 1.2 one secret opens handshake and data. */
const OF_APPLICATION_DATA = /^(CLIENT|SERVER)_TRAFFIC_SECRET_\d+$|^CLIENT_EARLY_TRAFFIC_SECRET$/;
/** Open no record. */
const OF_NO_RECORD = /EXPORTER|ECH_/;

export function sharedSecrets(
  session: Session,
  details: readonly AssociationDetail[],
  keys: Redactions['keys'],
): readonly string[] {
  if (keys !== 'secrets' && keys !== 'all-secrets') return [];
  const lines = details
    .flatMap(({ association }) => session.keyLinesOf(association.id))
    .filter(({ label }) => !OF_NO_RECORD.test(label) && (keys === 'all-secrets' || !OF_APPLICATION_DATA.test(label)))
    .map(({ label, clientRandom, secret }) => `${label} ${clientRandom} ${secret}`);
  return [...new Set(lines)];
}

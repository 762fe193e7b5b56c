/** What is known of an association while its capture is read: from port `port`, nothing but its addresses. */
import type { EarlyAssociation } from '../src/analysis/early-association.ts';

export function earlyAssociation(number: number, port = number, records = 1): EarlyAssociation {
  return {
    id: `a${number}`,
    rolesKnown: true,
    client: { address: '192.0.2.1', port },
    server: { address: '192.0.2.2', port: 5684 },
    version: null,
    cipherSuite: null,
    serverName: null,
    pskIdentity: null,
    startMs: 0,
    records: { total: records },
  };
}

import { expect, test } from 'vitest';
import type { EarlyAssociation } from '../analysis/early-association.ts';
import { columnsWithin } from './association-columns.ts';

const EARLY: EarlyAssociation = {
  id: 'a12',
  rolesKnown: true,
  client: { address: '192.0.2.1', port: 40000 },
  server: { address: '192.0.2.2', port: 5684 },
  version: 'DTLS 1.2',
  cipherSuite: { id: 0xc0a8, name: 'TLS_PSK_WITH_AES_128_CCM_8' },
  serverName: null,
  pskIdentity: 'sensor',
  startMs: 1234,
  records: { total: 1500 },
};

test('while its capture is read, an association says all but what only the analysis tells', () => {
  const said = columnsWithin(1000).map(({ key, soFar }) => [key, soFar?.(EARLY) ?? null]);
  expect(Object.fromEntries(said)).toEqual({
    status: null,
    order: '12',
    ports: '192.0.2.1:40000 → 192.0.2.2:5684',
    version: '1.2',
    suite: 'PSK_WITH_AES_128_CCM_8',
    name: 'sensor',
    start: '1.234',
    handshake: null,
    records: '1\u202f500',
    findings: null,
    retransmissions: null,
  });
});

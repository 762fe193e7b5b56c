import { expect, test } from 'vitest';
import type { FindingView } from '../analysis/finding.ts';
import type { AlertView, Association, HandshakeView } from '../analysis/trace.ts';
import {
  associationFilter,
  associationRow,
  byteCount,
  counted,
  milliseconds,
  sortAssociations,
} from './association-row.ts';

/** The facts a row reads; the rest of an association does not matter here. */
function association(parts: Partial<Association>): Association {
  const base: Partial<Association> = {
    id: 'a1',
    client: { address: '127.0.0.1', port: 21061 },
    server: { address: '127.0.0.2', port: 5684 },
    addressChanges: [],
    version: 'DTLS 1.2',
    cipherSuite: { id: 0xc02b, name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' },
    outcome: 'established',
    verdict: 'Established after 7 018 ms.',
    findings: [],
    handshakes: [],
    alerts: [],
    handshakeMs: 7018.2,
    retransmissions: 0,
  };
  return { ...base, ...parts } as Association;
}

const found = (severity: FindingView['severity'], rule: string) => ({ severity, rule }) as FindingView;
const fatal = { level: 'fatal', description: 'unknown_ca' } as AlertView;
const atFlight3 = [{ flights: [{ number: 1 }, { number: 3 }] }] as unknown as readonly HandshakeView[];

test.each([
  [{}, 'ok', '7\u2009018 ms'],
  [{ retransmissions: 3 }, 'warning', '7\u2009018 ms'],
  [{ handshakeMs: 16.42, addressChanges: [{}] as unknown as Association['addressChanges'] }, 'ok', '16.4 ms, moved'],
  [{ findings: [found('note', 'stack-guess'), found('warning', 'hvr-lost')] }, 'warning', '7\u2009018 ms'],
  [{ findings: [found('security', 'weak-parameters')] }, 'ok', '7\u2009018 ms'],
  [{ findings: [found('failure', 'server-lost-state')] }, 'failure', '7\u2009018 ms'],
  [{ outcome: 'failed', alerts: [fatal] }, 'failure', 'alert unknown_ca'],
  [{ outcome: 'failed', handshakes: atFlight3 }, 'failure', 'stopped at flight 3'],
  [{ outcome: 'incomplete', handshakes: atFlight3 }, 'warning', 'stopped at flight 3'],
  [{ outcome: 'ongoing', handshakes: atFlight3 }, 'note', 'at flight 3'],
  [{ outcome: 'no-handshake' }, 'note', 'no handshake'],
] as const)('%o is shown as %s, %s', (parts, shape, handshake) => {
  expect(associationRow(association(parts))).toMatchObject({ shape, handshake, ports: '21061→5684', version: '1.2' });
});

test.each([
  ['finding:hvr', true],
  ['finding:warning', true],
  ['finding:wrong-psk', false],
])('filter %s, by what was found', (query, matches) => {
  expect(associationFilter(query)(association({ findings: [found('warning', 'hvr-lost')] }))).toBe(matches);
});

test.each([
  ['', true],
  ['gcm 21061', true],
  ['status:failed', false],
  ['status:established version:1.2', true],
  ['version:1.3', false],
  ['port:568', true],
  ['port:1061', false],
  ['ip:127.0.0.2 ecdsa', true],
  ['7018', false],
])('filter %s', (query, matches) => {
  expect(associationFilter(query)(association({}))).toBe(matches);
});

test('rows sort by a column, and equal ones keep their order', () => {
  const list = [
    association({ id: 'a1', retransmissions: 2 }),
    association({ id: 'a2', outcome: 'failed', handshakeMs: null }),
    association({ id: 'a3' }),
    association({ id: 'a4', handshakeMs: 3 }),
  ];
  const ids = (...o: [Parameters<typeof sortAssociations>[1], boolean]) =>
    sortAssociations(list, ...o).map((a) => a.id);
  expect(ids('order', true)).toEqual(['a4', 'a3', 'a2', 'a1']);
  expect(ids('status', false)).toEqual(['a2', 'a1', 'a3', 'a4']);
  expect(ids('handshake', false)).toEqual(['a4', 'a1', 'a3', 'a2']);
  expect(ids('retransmissions', true)).toEqual(['a1', 'a2', 'a3', 'a4']);
});

test('numbers as people read them', () => {
  expect(milliseconds(5.44)).toBe('5.4 ms');
  expect(milliseconds(1005.784)).toBe('1\u2009006 ms');
  expect(byteCount(1)).toBe('1 byte');
  expect(byteCount(12_345_678)).toBe('12.3 MB');
  expect(counted(1, 'packet')).toBe('1 packet');
  expect(counted(2924, 'packet')).toBe('2\u2009924 packets');
});

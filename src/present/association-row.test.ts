import { expect, test } from 'vitest';
import type { FindingView } from '../analysis/finding.ts';
import type { AlertView, Association, HandshakeView } from '../analysis/trace.ts';
import { columnsWithin, sortAssociations } from './association-columns.ts';
import { associationFilter } from './association-filter.ts';
import { byteCount, counted, milliseconds, shapeOf } from './association-row.ts';

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
    startMs: 0,
    serverName: null,
    pskIdentity: null,
    group: 'x25519',
    connectionIds: { client: null, server: null },
    records: { total: 30, decrypted: 9, undecryptable: 0 } as Association['records'],
  };
  return { ...base, ...parts } as Association;
}

/** What a list of this width says of an association. */
const rowOf = (a: Association, width: number) =>
  Object.fromEntries(columnsWithin(width).map(({ key, text }) => [key, text(a)]));

const found = (severity: FindingView['severity'], rule: string) => ({ severity, rule }) as FindingView;
const fatal = { level: 'fatal', description: 'unknown_ca' } as AlertView;
const atFlight3 = [{ flights: [{ number: 1 }, { number: 3 }] }] as unknown as readonly HandshakeView[];

test.each([
  [{}, 'ok', '7\u202f018 ms'],
  [{ retransmissions: 3 }, 'warning', '7\u202f018 ms'],
  [{ handshakeMs: 16.42, addressChanges: [{}] as unknown as Association['addressChanges'] }, 'ok', '16.4 ms, moved'],
  [{ findings: [found('note', 'stack-guess'), found('warning', 'hvr-lost')] }, 'warning', '7\u202f018 ms'],
  [{ findings: [found('security', 'weak-parameters')] }, 'ok', '7\u202f018 ms'],
  [{ findings: [found('failure', 'server-lost-state')] }, 'failure', '7\u202f018 ms'],
  [{ outcome: 'failed', alerts: [fatal] }, 'failure', 'alert unknown_ca'],
  [{ outcome: 'failed', handshakes: atFlight3 }, 'failure', 'stopped at flight 3'],
  [{ outcome: 'incomplete', handshakes: atFlight3 }, 'warning', 'stopped at flight 3'],
  [{ outcome: 'ongoing', handshakes: atFlight3 }, 'note', 'at flight 3'],
  [{ outcome: 'no-handshake' }, 'note', 'no handshake'],
] as const)('%o is shown as %s, %s', (parts, shape, handshake) => {
  const a = association(parts);
  expect(shapeOf(a)).toBe(shape);
  expect(rowOf(a, 300)).toMatchObject({ handshake, ports: '21061→5684', version: '1.2' });
});

test.each([
  ['finding:hvr', true],
  ['finding:warning', true],
  ['finding:wrong-psk', false],
])('filter %s, by what was found', (query, matches) => {
  const a = association({ findings: [found('warning', 'hvr-lost')] });
  expect(associationFilter(query).matches(a)).toBe(matches);
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
  expect(associationFilter(query).matches(association({}))).toBe(matches);
});

const busy: Partial<Association> = {
  client: { address: 'fe80::1', port: 40000 },
  addressChanges: [{ from: { address: '10.0.0.7', port: 4100 }, to: { address: '10.0.0.8', port: 4200 } }] as never,
  serverName: 'Gate.example',
  pskIdentity: 'Client identity',
  connectionIds: { client: '', server: 'a1b2' },
  alerts: [{ ...fatal, code: 48 }],
  retransmissions: 3,
  records: { total: 120, decrypted: 4, undecryptable: 2 } as Association['records'],
};

test.each([
  ['suite:gcm', true],
  ['suite:ccm', false],
  ['sni:gate', true],
  ['psk:"client identity"', true],
  ['psk:"client other"', false],
  ['group:x25519', true],
  ['cid:yes', true],
  ['cid:no', false],
  ['cid:a1', true],
  ['ip:fe80::', true],
  ['ip:10.0.0.7', true],
  ['port:42', true],
  ['fe80::1', true],
  ['alert:unknown', true],
  ['alert:48', true],
  ['alert:47', false],
  ['retransmissions:>2', true],
  ['retransmissions:>=3 retransmissions:<=3 retransmissions:3', true],
  ['retransmissions:>3', false],
  ['handshake:>1000', true],
  ['handshake:<1000', false],
  ['records:>119.5', true],
  ['keys:some', true],
  ['keys:yes', false],
  ['keys:no', false],
])('filter %s finds its key', (query, matches) => {
  const { matches: filter, remarks } = associationFilter(query);
  expect(filter(association(busy))).toBe(matches);
  expect(remarks).toEqual([]);
});

test('an unfinished handshake has no duration to compare', () => {
  const a = association({ handshakeMs: null });
  for (const query of ['handshake:>0', 'handshake:<9999']) expect(associationFilter(query).matches(a)).toBe(false);
});

test.each([
  ['colour:red', 'There is no key “colour”, so “colour:red” is searched for as a word.'],
  ['records:many', '“records:” takes a value such as records:>100 (of both sides).'],
  ['keys:maybe', '“keys:” takes a value such as keys:no (yes, no or some: what could be decrypted).'],
])('filter %s is searched for as a word, and that is said', (query, remark) => {
  const filter = associationFilter(query);
  expect(filter.remarks).toEqual([remark]);
  expect(filter.matches(association({}))).toBe(false);
  expect(filter.matches(association({ verdict: `It said ${query}.` }))).toBe(true);
});

test('a key without its value yet hides nothing', () => {
  expect(associationFilter('records:')).toMatchObject({ remarks: [] });
  expect(associationFilter('records:').matches(association({}))).toBe(true);
});

test('a wider list has more columns, and addresses beside the ports', () => {
  expect(columnsWithin(300).map(({ key }) => key)).toEqual([
    'status',
    'ports',
    'version',
    'handshake',
    'retransmissions',
  ]);
  expect(rowOf(association({ ...busy, startMs: 61_004.6 }), 900)).toEqual({
    status: '',
    order: '1',
    ports: '[fe80::1]:40000 → 127.0.0.2:5684',
    version: '1.2',
    suite: 'ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    name: 'Gate.example',
    start: '61.004',
    handshake: '7\u202f018 ms, moved',
    records: '120',
    findings: '',
    retransmissions: '↻3',
  });
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
  expect(milliseconds(1005.784)).toBe('1\u202f006 ms');
  expect(byteCount(1)).toBe('1 byte');
  expect(byteCount(12_345_678)).toBe('12.3 MB');
  expect(counted(1, 'packet')).toBe('1 packet');
  expect(counted(2924, 'packet')).toBe('2\u202f924 packets');
});

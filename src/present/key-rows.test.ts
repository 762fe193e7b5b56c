import { expect, test } from 'vitest';
import { addKeys, openSession } from '../../test/open-session.ts';
import { Session } from '../analysis/session.ts';
import { keyRows, keysNote, pskIdentities } from './key-rows.ts';

const NAME = 'wolfssl13-clean-aes128gcm';
const OTHER = 'openssl-loss-final-flight-x3.keys';

test('secrets that opened nothing come first and say why', async () => {
  const session = await openSession(`${NAME}.pcap`);
  addKeys(session, `${NAME}.keys`);
  addKeys(session, OTHER);
  const rows = keyRows(session.trace());
  expect(rows[0]).toMatchObject({
    state: 'unmatched',
    says: expect.stringContaining('No ClientHello with this random'),
  });
  expect(rows[0]?.secret.source).toContain(OTHER);
  expect(rows.at(-1)).toMatchObject({ state: 'opened', associations: ['a1'] });
  expect(keysNote(rows)).toMatch(/^\d+ of \d+ secrets opened something$/);
});

test('before any capture all secrets wait', () => {
  const session = new Session();
  addKeys(session, OTHER);
  const rows = keyRows(session.trace());
  expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'waiting'));
  expect(keysNote(rows)).toBe('1 secret waiting for a capture');
  expect(keysNote([])).toBe('none yet');
});

test('a pre-shared key can be typed for the identities of the capture', async () => {
  const session = await openSession('openssl-fail-psk-wrong-key.pcap');
  expect(pskIdentities(session.trace().associations)).toEqual(['Client_identity']);
});

import { describe, expect, test } from 'vitest';
import { parseKeyLog } from '../crypto/keylog.ts';
import { MOST_LISTED } from './key-uses.ts';
import { Keyring } from './keyring.ts';

const hex = (i: number, bytes: number) => i.toString(16).padStart(2 * bytes, '0');
const master = (random: number, secret = random) => `CLIENT_RANDOM ${hex(random, 32)} ${hex(secret, 48)}\n`;
const session = (id: number, secret = id) => `RSA Session-ID:${hex(id, 32)} Master-Key:${hex(secret, 48)}\n`;
const keyring = (...texts: string[]) =>
  new Keyring({ logs: texts.map((text, i) => parseKeyLog(text, `${i}.keys`)), psks: [], rsaKeys: [] });
const sourcesOf = (secrets: readonly { readonly source: { readonly source: string } }[]) =>
  secrets.map(({ source }) => source.source);
const NOBODY = { clientRandom: null, sessionId: null, ticket: null };

describe('master secrets', () => {
  test('those of the client random come before those of the session, of the ticket last', () => {
    const keys = keyring(session(5) + master(1) + master(2));
    keys.remember(keys.candidates({ ...NOBODY, clientRandom: hex(2, 32) }), { ticket: 'aa' });
    const query = { clientRandom: hex(1, 32), sessionId: hex(5, 32), ticket: 'aa' };
    expect(sourcesOf(keys.candidates(query))).toEqual(['0.keys:2', '0.keys:1', '0.keys:3']);
  });

  test('a handshake that is resumed finds what was remembered beside what the key log says of its session', () => {
    const keys = keyring(session(5) + master(1));
    const found = keys.candidates({ ...NOBODY, clientRandom: hex(1, 32) });
    keys.remember(found, { sessionId: hex(5, 32) });
    keys.remember(found, { sessionId: hex(5, 32) });
    expect(sourcesOf(keys.candidates({ ...NOBODY, sessionId: hex(5, 32) }))).toEqual(['0.keys:1', '0.keys:2']);
  });
});

test('the same handshake many times is remembered once', () => {
  const keys = keyring(master(1));
  const [found] = keys.candidates({ ...NOBODY, clientRandom: hex(1, 32) });
  if (!found) throw new Error('not found');
  const copy = () => ({ ...found, secret: Uint8Array.from(found.secret) });
  const other = { ...found, secret: new Uint8Array(48) };
  for (let i = 0; i < 100; i++) keys.remember([copy()], { sessionId: 'aa', ticket: 'bb' });
  keys.remember([other], { sessionId: 'aa' });
  expect(keys.candidates({ ...NOBODY, sessionId: 'aa' })).toEqual([found, other]);
  expect(keys.candidates({ ...NOBODY, ticket: 'bb' })).toEqual([found]);
  expect(keys.problems).toEqual([]);
});

describe('the summary', () => {
  test('has a line for each secret in the order of the files, those by session last, and says what opened what', () => {
    const keys = keyring(session(5) + master(1) + master(2), master(3));
    const [found] = keys.candidates({ ...NOBODY, clientRandom: hex(2, 32) });
    if (!found) throw new Error('not found');
    for (const association of ['a1', 'a2', 'a1']) keys.opened(found, association);
    const { secrets, unlisted, problems } = keys.summary();
    expect(secrets.map(({ source, records, associations }) => [source, records, associations])).toEqual([
      ['0.keys:2', 0, []],
      ['0.keys:3', 3, ['a1', 'a2']],
      ['0.keys:1', 0, []],
      ['1.keys:1', 0, []],
    ]);
    expect(secrets.map(({ reason }) => reason !== null)).toEqual([true, false, true, true]);
    expect([unlisted, problems]).toEqual([0, []]);
  });

  test('lists the secrets that opened something, and of the others no more than anybody reads', () => {
    const last = MOST_LISTED + 2;
    const keys = keyring(Array.from({ length: last + 1 }, (_, i) => master(i)).join(''));
    const [found] = keys.candidates({ ...NOBODY, clientRandom: hex(last, 32) });
    if (!found) throw new Error('not found');
    keys.opened(found, 'a1');
    const { secrets, unlisted, problems } = keys.summary();
    expect(secrets).toHaveLength(MOST_LISTED + 1);
    expect(secrets.at(-1)).toMatchObject({ source: `0.keys:${last + 1}`, records: 1 });
    expect(unlisted).toBe(2);
    expect(problems).toEqual([
      { source: '0.keys', message: '2 more secrets opened nothing. They are not listed one by one.' },
    ]);
  });
});

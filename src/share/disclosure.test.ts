/** What the sharer is told is what is there. */
import { describe, expect, test } from 'vitest';
import { addKeys, openSession } from '../../test/open-session.ts';
import { Session } from '../analysis/session.ts';
import { LEAST, type ShareChoices } from './choices.ts';
import { disclosureOf } from './disclosure.ts';
import { gather } from './gather.ts';
import { encodePayload } from './payload.ts';
import { receive } from './receive.ts';

const LOSS = 'openssl-loss-final-flight-x3.client.pcap';
const KEYS = 'openssl-loss-final-flight-x3.keys';

async function told(more: Partial<ShareChoices> = {}) {
  const session = await openSession(LOSS);
  addKeys(session, KEYS);
  const choices: ShareChoices = { ...LEAST, title: 'x', associations: null, notes: [], ...more };
  const { trace, replaced } = gather(session, choices, 'test');
  const opened = new Session();
  opened.openShared(receive(trace));
  const details = opened.trace().associations.flatMap(({ id }) => opened.association(id) ?? []);
  return { ...disclosureOf(trace, details, replaced), payload: Buffer.from(encodePayload(trace)), session };
}

test('the least: names and ports by value, nothing of data and keys', async () => {
  const { readable, opaque, absent } = await told();
  expect(readable).toEqual([
    'What the hellos offer: versions, cipher suites, groups, extensions',
    'Certificate of CN=ec-server,O=dtls corpus',
    'Names in certificates dtls.test, localhost, ip:127.0.0.1',
    'Ports 21061, 21062',
    'Times since the first packet',
  ]);
  expect(opaque).toEqual([
    'That application data was sent, when and by whom, but neither its content nor its length',
    'Encrypted handshake records as they were captured, closed without keys',
  ]);
  expect(absent).toEqual([
    'Ethernet and IP headers, other traffic, the name of the file',
    'Addresses: 127.0.0.1 becomes 192.0.2.1',
    'Date and time of day',
    'Application data',
    'Keys',
  ]);
});

describe('what is said to be absent is not in the payload', () => {
  test.each<[string, Partial<ShareChoices>, (session: Session) => readonly string[]]>([
    ['name of the file', {}, () => [LOSS]],
    ['keys', {}, (session) => session.keyLinesOf(null).map(({ secret }) => secret)],
    ['names', { names: 'blanked' }, () => ['dtls.test', 'ec-server', 'dtls corpus']],
    ['certificates', { certificates: 'digests' }, () => ['dtls.test', 'ec-server', 'dtls corpus']],
  ])('%s', async (_, more, needles) => {
    const { payload, session } = await told(more);
    const sought = needles(session);
    expect(sought.length).toBeGreaterThan(0);
    for (const needle of sought) {
      expect(payload.includes(needle), needle).toBe(false);
      if (/^[\da-f]+$/.test(needle)) expect(payload.includes(Buffer.from(needle, 'hex')), needle).toBe(false);
    }
  });

  test('and the search would find it', async () => {
    expect((await told()).payload.includes('dtls.test')).toBe(true);
  });
});

test('notes are told by how they begin', async () => {
  const note = {
    id: 'n',
    anchor: { on: 'trace' },
    to: null,
    text: 'Lost. '.repeat(20),
    shape: 'square',
    judgement: null,
    author: '',
  } as const;
  expect((await told({ notes: [{ ...note, text: 'Here' }] })).readable).toContain('One note: “Here”');
  expect((await told({ notes: [note, note] })).readable.at(-1)).toMatch(/^2 notes: “Lost\. .{54}…”, “/);
});

test('everything that can be given is named as readable', async () => {
  const { readable, absent } = await told({
    addresses: 'kept',
    clock: 'kept',
    applicationData: 'bodies',
    keys: 'all-secrets',
  });
  expect(readable).toContain('Addresses 127.0.0.1');
  expect(readable).toContain('When each packet was captured, date included');
  expect(readable).toContain('What 2 records of application data say: they are decrypted');
  expect(readable.join()).toMatch(/1 secrets?: whoever has this can decrypt/);
  expect(absent).toEqual(['Ethernet and IP headers, other traffic, the name of the file']);
});

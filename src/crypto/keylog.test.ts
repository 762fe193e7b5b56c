import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../wire/text.ts';
import { type KeyLog, KeyLogReader, MAX_PROBLEMS, parseKeyLog } from './keylog.ts';

const RANDOM = 'ab'.repeat(32);
const MASTER = 'cd'.repeat(48);
const SECRET = 'ef'.repeat(32);

test('every label, with the line it came from', () => {
  const lines = [
    '# a comment',
    `CLIENT_RANDOM ${RANDOM} ${MASTER}`,
    '',
    `PMS_CLIENT_RANDOM ${RANDOM} 0102`,
    `CLIENT_EARLY_TRAFFIC_SECRET ${RANDOM} ${SECRET}`,
    `CLIENT_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} ${SECRET}`,
    `SERVER_HANDSHAKE_TRAFFIC_SECRET ${RANDOM} ${SECRET}`,
    `CLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${SECRET}`,
    `SERVER_TRAFFIC_SECRET_17 ${RANDOM} ${MASTER}`,
    `EXPORTER_SECRET ${RANDOM} ${SECRET}`,
    `EARLY_EXPORTER_SECRET ${RANDOM} ${SECRET}`,
    `ECH_SECRET ${RANDOM} 01`,
    `ECH_CONFIG ${RANDOM} 0102030405`,
  ];
  const log = parseKeyLog(lines.join('\n'), 'a.keys');
  expect(log.problems).toEqual([]);
  const secrets = [...log.secrets];
  expect(secrets.map((s) => s.label)).toEqual(lines.filter((l) => /^[A-Z]/.test(l)).map((l) => l.split(' ')[0]));
  expect(secrets[0]).toMatchObject({ clientRandom: RANDOM, source: 'a.keys:2' });
  expect(toHex(secrets[0]?.secret ?? new Uint8Array(0))).toBe(MASTER);
  expect(secrets.at(-1)?.source).toBe('a.keys:13');
});

test('byte order mark, CRLF, tabs, spaces, capitals and repetition are tolerated', () => {
  const text = `\ufeffCLIENT_RANDOM ${RANDOM}  ${MASTER}\r\n  CLIENT_RANDOM\t${RANDOM.toUpperCase()}\t${MASTER.toUpperCase()} \r\n\r\n#x\r\n`;
  const log = parseKeyLog(text, 'k');
  expect(log.problems).toEqual([]);
  expect([...log.secrets].map((s) => [s.clientRandom, s.source])).toEqual([[RANDOM, 'k:1']]);
});

test('one client random may have several secrets', () => {
  const log = parseKeyLog([MASTER, '11'.repeat(48), MASTER].map((s) => `CLIENT_RANDOM ${RANDOM} ${s}`).join('\n'), 'k');
  expect([...log.secrets].map((s) => s.source)).toEqual(['k:1', 'k:2']);
});

test('both kinds of RSA line', () => {
  const id = '0a'.repeat(32);
  const lines = [`RSA Session-ID:${id.toUpperCase()} Master-Key:${MASTER}`, `RSA 0011223344556677 ${MASTER}`];
  const log = parseKeyLog([...lines, ...lines].join('\n'), 'k');
  expect(log.problems).toEqual([]);
  expect([...log.secrets]).toMatchObject([
    { label: 'RSA Session-ID', clientRandom: '', source: 'k:1' },
    { label: 'RSA', clientRandom: '', source: 'k:2' },
  ]);
  expect(log.secrets.rowsOf('RSA Session-ID', id)).toEqual([0]);
  expect(log.secrets.rowsOf('RSA', '0011223344556677')).toEqual([1]);
  expect([...log.secrets].map(({ secret }) => toHex(secret))).toEqual([MASTER, MASTER]);
});

test.each([
  [`CLIENT_RANDOM ${RANDOM}`, 'A key log line has three fields: label, client random, secret; this one has 2.'],
  ['hello', 'A key log line has three fields: label, client random, secret; this one has 1.'],
  [
    `CLIENT_RANDOM ${RANDOM} ${MASTER} x`,
    'A key log line has three fields: label, client random, secret; this one has 4.',
  ],
  [`CLIENT_RANDOM ab ${MASTER}`, 'The client random has 2 hex digits instead of 64.'],
  [`CLIENT_RANDOM ${'zz'.repeat(32)} ${MASTER}`, 'The client random is not hexadecimal.'],
  [`CLIENT_RANDOM ${RANDOM} ${SECRET}`, 'The secret has 64 hex digits instead of 96.'],
  [`CLIENT_TRAFFIC_SECRET_0 ${RANDOM} abc`, 'The secret has 3 hex digits instead of 64 or 96.'],
  [`CLIENT_RANDOM ${RANDOM} secret`, 'The secret is not hexadecimal.'],
  [`PMS_CLIENT_RANDOM ${RANDOM} abc`, 'The secret has an odd number of hex digits (3).'],
  [`RSA Session-ID: Master-Key:${MASTER}`, 'The session id has 0 hex digits instead of 2 to 64.'],
  [`RSA Session-ID:ab Master-Key:ab`, 'The master key has 2 hex digits instead of 96.'],
  [`RSA 00 ${MASTER}`, 'The encrypted premaster prefix has 2 hex digits instead of 16.'],
  [
    'RSA 0011223344556677',
    'An RSA line has two fields after the label: Session-ID:… and Master-Key:…, or 16 hex digits and the premaster secret.',
  ],
])('a line that cannot be used is a problem: %s', (line, message) => {
  const log = parseKeyLog(`#\n${line}\n`, 'k');
  expect([...log.secrets]).toEqual([]);
  expect(log.problems).toEqual([{ source: 'k:2', message }]);
});

test('an unknown label is kept, and said', () => {
  const log = parseKeyLog(`QUIC_SECRET_\u001b[31m ${RANDOM} 0102`, 'k');
  expect([...log.secrets]).toMatchObject([{ clientRandom: RANDOM, source: 'k:1' }]);
  expect(log.problems).toEqual([
    { source: 'k:1', message: 'The label "QUIC_SECRET_?[31m" is not known; the secret was kept.' },
  ]);
  expect(parseKeyLog(`CLIENT_TRAFFIC_SECRET_01 ${RANDOM} ${SECRET}`, 'k').problems).toHaveLength(1);
});

test('the list of problems is bounded, and says so', () => {
  const log = parseKeyLog('x\n'.repeat(MAX_PROBLEMS + 7), 'k');
  expect(log.problems).toHaveLength(MAX_PROBLEMS + 1);
  expect(log.problems.at(-1)).toEqual({
    source: `k:${MAX_PROBLEMS + 7}`,
    message: '7 more lines have problems not listed here.',
  });
});

test('the number of secrets is bounded, and says so', () => {
  const lines = ['11', '22', '33', '44'].map((byte) => `CLIENT_RANDOM ${RANDOM} ${byte.repeat(48)}`);
  const log = parseKeyLog(lines.join('\n'), 'k', 2);
  expect([...log.secrets].map((s) => s.source)).toEqual(['k:1', 'k:2']);
  expect(log.problems).toEqual([
    {
      source: 'k:3',
      message: 'The key log has 2 secrets, the most that is read; this line and all after it were not read.',
    },
  ]);
});

test('a file that comes in parts is read as one that comes whole, wherever it is cut', () => {
  const text = `\ufeff# größer\r\nCLIENT_RANDOM ${RANDOM} ${MASTER}\r\n\u2003x\nCLIENT_TRAFFIC_SECRET_0 ${RANDOM} ${SECRET}`;
  const bytes = new TextEncoder().encode(text);
  const whole = contentOf(parseKeyLog(text, 'k'));
  expect(whole.secrets).toHaveLength(2);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const reader = new KeyLogReader('k');
    reader.read(bytes.subarray(0, cut));
    reader.read(bytes.subarray(cut));
    expect(contentOf(reader.finish())).toEqual(whole);
  }
});

function contentOf({ secrets, problems }: KeyLog) {
  return { secrets: [...secrets], problems };
}

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      parseKeyLog(text, 'k');
      parseKeyLog(`CLIENT_RANDOM ${RANDOM} ${text}\nRSA ${text}`, 'k');
    }),
    { seed: 3 },
  );
});

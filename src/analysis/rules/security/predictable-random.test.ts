import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { type Change, CLIENT_HELLO, change, SERVER_HELLO } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

/** client_version or server_version, and then the random. */
const withRandom =
  (random: (i: number, b: number) => number): Change =>
  (body) =>
    body.map((b, i) => (i >= 2 && i < 34 ? random(i - 2, b) : b));

/** The handshake again from another port. */
async function twice(edit: (d: EditedDatagram[]) => EditedDatagram[]): Promise<EditedDatagram[]> {
  const datagrams = await datagramsOf(CLEAN);
  const client = at(datagrams, 0).source;
  const moved = (e: EditedDatagram['source']) => (e.port === client.port ? { ...e, port: 50_123 } : e);
  const later = datagrams.map((d) => ({
    ...d,
    timeMs: d.timeMs + 5000,
    source: moved(d.source),
    destination: moved(d.destination),
  }));
  return [...datagrams, ...edit(later)];
}

test.each([
  ['all alike', () => 7],
  ['counted', (i: number) => i],
  ['four bytes repeated', (i: number) => [3, 200, 17, 90][i % 4] ?? 0],
])('the random of the server: %s', async (_, random) => {
  const { finding } = await diagnose(CLEAN, { edit: (d) => change(d, SERVER_HELLO, withRandom(random)) });
  expect(finding('predictable-random')).toMatchObject({
    severity: 'security',
    title: 'The random of the server in a1 follows a pattern',
  });
});

test('the server uses one random for two clients', async () => {
  const datagrams = await twice((d) =>
    change(
      d,
      CLIENT_HELLO,
      withRandom((_, b) => b ^ 0x5a),
    ),
  );
  const { finding } = await diagnoseSources([captureOf(datagrams)]);
  expect(finding('predictable-random')?.title).toBe('The server uses the same random in a1 and in a2');
});

test('the client uses one random twice', async () => {
  const datagrams = await twice((d) =>
    change(
      d,
      SERVER_HELLO,
      withRandom((_, b) => b ^ 0x5a),
    ),
  );
  const { finding } = await diagnoseSources([captureOf(datagrams)]);
  expect(finding('predictable-random')?.title).toBe('The client uses the same random in a1 and in a2');
});

test('near miss: the same packets twice, in a tunnel and outside for instance', async () => {
  const { rules } = await diagnoseSources([captureOf(await twice((d) => d))]);
  expect(rules).not.toContain('predictable-random');
});

test('near miss: the time in front, and the mark of a newer version at the end', async () => {
  const mark = [0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 1];
  const { rules } = await diagnose(CLEAN, {
    edit: (d) =>
      change(
        d,
        SERVER_HELLO,
        withRandom((i, b) => (i < 4 ? 0 : (mark[i - 24] ?? b))),
      ),
  });
  expect(rules).not.toContain('predictable-random');
});

test('near miss: HelloRetryRequest has a random of its own', async () => {
  const { rules } = await diagnose('wolfssl13-hrr-group.pcap');
  expect(rules).not.toContain('predictable-random');
});

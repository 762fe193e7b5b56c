import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const SILENT = 'openssl-fail-server-silent.pcap';
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';

test('a server that never says anything', async () => {
  const { headline } = await diagnose(SILENT);
  expect(headline).toMatchObject({ rule: 'no-answer-to-clienthello', severity: 'failure', certainty: 'near-certain' });
  expect(headline?.title).toBe('No answer from 127.0.0.1:21240: the ClientHello was sent 6 times');
  expect(headline?.explanation).toContain('1.01, 3.01, 7.02, 15 and 31 s');
  expect(headline?.explanation).toContain('0.2 % of all cases');
  expect(headline?.explanation).toContain('From here it cannot be told whether the ClientHello got there');
  expect(headline?.evidence.map((e) => e.packet)).toEqual([1, 6]);
});

test('one leg of a proxied run: at the client all answers are missing', async () => {
  const { headline } = await diagnose('bc-fail-server-silent.client.pcap');
  expect(headline).toMatchObject({ rule: 'no-answer-to-clienthello', severity: 'failure' });
});

test('with two capture points it is no longer said that the server is silent', async () => {
  const { rules } = await diagnose(['bc-fail-server-silent.client.pcap', 'bc-fail-server-silent.server.pcap']);
  expect(rules).not.toContain('no-answer-to-clienthello');
});

test('two capture points, and the second has none of the ClientHellos: lost on the way', async () => {
  // On the same ports a handshake worked before and after, so both points were recording all the time.
  const before = (await datagramsOf(CLEAN)).map((d) => between(d, 21_241));
  const after = (await datagramsOf('openssl-ecdhe-rsa-chacha20.pcap')).map((d) => ({
    ...between(d, 21_241),
    timeMs: d.timeMs + 60_000,
  }));
  const { finding } = await diagnoseSources([
    captureOf([...before, ...(await unanswered()), ...after], 'client.pcap'),
    captureOf(
      [...before, ...after].map((d) => ({ ...d, timeMs: d.timeMs + 20, ttl: 60 })),
      'server.pcap',
    ),
  ]);
  expect(finding('no-answer-to-clienthello')).toMatchObject({
    title: 'The ClientHello never reaches 192.0.2.2:21240: all 6 transmissions are lost on the way',
    certainty: 'seen',
  });
});

test('that the same server answers another client is said', async () => {
  const clean = (await datagramsOf(CLEAN)).map((d) => between(d, 50_001));
  const { finding } = await diagnoseSources([captureOf([...clean, ...(await unanswered())])]);
  expect(finding('no-answer-to-clienthello')?.explanation).toContain(
    'The same server completed a handshake with 192.0.2.1:50001 in this capture',
  );
});

test('near miss: one answer was captured, whatever it says', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.client.pcap');
  expect(rules).not.toContain('no-answer-to-clienthello');
});

test('near miss: a capture of one direction, in which the client goes on', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.client.pcap', {
    edit: (d) => d.filter((x) => x.source.port === 21009),
  });
  expect(rules).not.toContain('no-answer-to-clienthello');
});

test('near miss: a single ClientHello at the end of the capture', async () => {
  const { rules } = await diagnose(SILENT, { edit: (d) => d.slice(0, 1) });
  expect(rules).not.toContain('no-answer-to-clienthello');
});

test('near miss: two ClientHellos 50 ms apart, and the capture ends', async () => {
  const { rules } = await diagnose(SILENT, {
    edit: (d) => d.slice(0, 2).map((x, i) => ({ ...x, timeMs: 50 * i })),
  });
  expect(rules).not.toContain('no-answer-to-clienthello');
});

const SERVER = { address: '192.0.2.2', port: 21_240 };

/** The ClientHellos that nobody answers, two seconds later. */
async function unanswered(): Promise<EditedDatagram[]> {
  return (await datagramsOf(SILENT)).map((d) => ({ ...between(d, 21_241), timeMs: d.timeMs + 2000 }));
}

/** The same two hosts, with a port of the client. */
function between(d: EditedDatagram, port: number): EditedDatagram {
  const client = { address: '192.0.2.1', port };
  // In both captures the client has the odd port.
  return d.source.port % 2 === 1
    ? { ...d, source: client, destination: SERVER }
    : { ...d, source: SERVER, destination: client };
}

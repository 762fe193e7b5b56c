import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const AT_CLIENT = 'wolfssl13-lost-final-ack.client.pcap';
const AT_SERVER = 'wolfssl13-lost-final-ack.server.pcap';

test('at the client the ACK is missing, and the server goes on', async () => {
  const { headline } = await diagnose(AT_CLIENT);
  expect(headline).toMatchObject({ rule: 'final-ack-lost', severity: 'warning', certainty: 'near-certain' });
  expect(headline?.title).toBe(
    "The ACK of the client's Finished was lost: the client sent its last flight again after 2.0 s",
  );
  expect(headline?.evidence.map((e) => e.packet)).toEqual([7, 8, 10, 11]);
});

test('at the server the ACK leaves, and the client still asks', async () => {
  const { headline } = await diagnose(AT_SERVER);
  expect(headline).toMatchObject({ rule: 'final-ack-lost', severity: 'warning' });
  expect(headline?.evidence.map((e) => e.packet)).toEqual([7, 8, 11, 12]);
});

test('two capture points prove it', async () => {
  const { headline } = await diagnose([AT_CLIENT, AT_SERVER]);
  expect(headline).toMatchObject({ rule: 'final-ack-lost', certainty: 'seen' });
});

test('without keys the sizes tell, and it is an inference', async () => {
  for (const file of [AT_CLIENT, AT_SERVER]) {
    const { headline } = await diagnose(file, { withoutKeys: true });
    expect(headline).toMatchObject({ rule: 'final-ack-lost', certainty: 'inferred' });
  }
});

test('one of several losses', async () => {
  const { finding } = await diagnose('wolfssl13-loss20-seed7.client.pcap');
  expect(finding('final-ack-lost')?.explanation).toContain(
    'The client sent its last flight 4 times, the last time 8.0 s',
  );
});

test.each([
  'wolfssl13-lost-client-finished.client.pcap',
  'wolfssl13-lost-client-finished.server.pcap',
  'chromium-webrtc-loss-client-finished.client.pcap',
  'firefox-webrtc-loss-client-finished.server.pcap',
])('near miss: the Finished itself was lost, and the server repeats its flight (%s)', async (file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain('final-ack-lost');
});

test('near miss: repeats that answer repeats of the server', async () => {
  const { rules } = await diagnose('wolfssl13-reordered-flight.client.pcap');
  expect(rules).not.toContain('final-ack-lost');
});

test('near miss: the ACK is only slow, for the path takes longer than the timer', async () => {
  const { rules } = await diagnose('icetcp-firefox.udp.pcap');
  expect(rules).not.toContain('final-ack-lost');
});

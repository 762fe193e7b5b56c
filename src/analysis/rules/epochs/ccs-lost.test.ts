import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('lost once, and recovered by a repeat', async () => {
  const { headline } = await diagnose('bc-lost-client-finished.server.pcap');
  expect(headline).toMatchObject({ rule: 'ccs-lost', severity: 'warning' });
  expect(headline?.explanation).toContain('came again 1.0 s later');
});

test('lost every time: the handshake fails', async () => {
  const { finding } = await diagnose('openssl-loss-uplink-flight5-forever.server.pcap');
  expect(finding('ccs-lost')).toMatchObject({ severity: 'failure' });
  expect(finding('ccs-lost')?.title).toContain('every time');
});

test('of the last flight, at the client', async () => {
  const { finding } = await diagnose('bc-lost-server-finished.client.pcap');
  expect(finding('ccs-lost')).toMatchObject({ severity: 'warning' });
});

test('two points prove it', async () => {
  const { finding } = await diagnose(['bc-lost-client-finished.client.pcap', 'bc-lost-client-finished.server.pcap']);
  expect(finding('ccs-lost')).toMatchObject({ certainty: 'seen' });
});

test('near miss: the capture missed it, for the server goes on', async () => {
  expect((await diagnose('D2_ccs_lost.pcap')).rules).not.toContain('ccs-lost');
});

test('near miss: the Finished was lost as well', async () => {
  expect((await diagnose('openssl-loss-flight5-ccsfin-only.server.pcap')).rules).not.toContain('ccs-lost');
});

test('near miss: at the sender nothing is missing', async () => {
  expect((await diagnose('bc-lost-client-finished.client.pcap')).rules).not.toContain('ccs-lost');
});

test('two points: one copy of the flight is lost whole, the others without ChangeCipherSpec: it never arrives', async () => {
  const run = 'openssl-loss-uplink-flight5-forever';
  const { headline } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect(headline).toMatchObject({ rule: 'ccs-lost', severity: 'failure', certainty: 'seen' });
});

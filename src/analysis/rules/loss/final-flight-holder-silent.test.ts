import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('nothing comes back after flight 4: three causes, and none is called certain', async () => {
  const { finding } = await diagnose('openssl-loss-downlink-dead-after-sh.client.pcap');
  expect(finding('final-flight-holder-silent')).toMatchObject({ severity: 'failure', inferred: true });
  expect(finding('final-flight-holder-silent')?.alternatives.length).toBeGreaterThan(1);
});

test('a server that sent its last flight once and then ignores the client', async () => {
  // The server's answers to the repeats are taken out of a capture made at the server.
  const { finding } = await diagnose('openssl-loss-final-flight-x3.server.pcap', {
    edit: (all) => {
      const asked = all.filter((d) => d.timeMs > 500 && d.source.port !== all[1]?.source.port && d.timeMs < 7100);
      return [...all.filter((d) => d.timeMs < 500), ...asked];
    },
    withoutKeys: true,
  });
  expect(finding('final-flight-holder-silent')?.title).toContain('sent its last flight once');
});

test('near miss: a server that answers every repeat', async () => {
  const { rules } = await diagnose('openssl-loss-final-flight-x3.server.pcap');
  expect(rules).not.toContain('final-flight-holder-silent');
});

test('near miss: with a pre-shared key it may as well be the key', async () => {
  expect((await diagnose('californium-fail-psk-mismatch.pcap')).rules).not.toContain('final-flight-holder-silent');
});

import { expect, test } from 'vitest';
import { alertAfter } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test('the server drops the Finished that came first, and the flight comes again', async () => {
  const { finding } = await diagnose('openssl-reorder-c-ccs-finished.server.pcap');
  expect(finding('finished-before-ccs')).toMatchObject({
    severity: 'warning',
    certainty: 'seen',
    title: "The client's Finished overtakes its ChangeCipherSpec and has to be sent again",
  });
});

test('the other way round, at the client', async () => {
  const { finding } = await diagnose('openssl-reorder-s-ccs-finished.client.pcap');
  expect(finding('finished-before-ccs')?.title).toMatch(/^The server's Finished/);
});

test('both points together', async () => {
  const both = ['client', 'server'].map((at) => `openssl-reorder-c-ccs-finished.${at}.pcap`);
  expect((await diagnose(both)).rules).toContain('finished-before-ccs');
});

test('a receiver that copes: a note', async () => {
  const { finding, headline } = await diagnose('D1_finished_before_ccs.pcap');
  expect(finding('finished-before-ccs')).toMatchObject({ severity: 'note' });
  expect(headline).toBeNull();
});

test('a receiver that ends the handshake for it', async () => {
  const { headline } = await diagnose('openssl-reorder-c-ccs-finished.server.pcap', {
    edit: (datagrams) => {
      const [hello] = datagrams;
      const early = datagrams.findIndex((d) => d.payload[0] === 22 && d.payload[4] === 1);
      const server = datagrams.find((d) => d.source.port !== hello?.source.port);
      const until = datagrams.slice(0, early + 3);
      return server ? [...until, { ...alertAfter(server, 10), timeMs: (until.at(-1)?.timeMs ?? 0) + 1 }] : [];
    },
  });
  expect(headline).toMatchObject({ severity: 'failure' });
  expect(headline?.rule).toMatch(/finished-before-ccs|plaintext-alert/);
});

test('near miss: without keys, two associations on the same ports', async () => {
  const { rules } = await diagnose('glare-openssl-two-associations-dtls12.pcap', { withoutKeys: true });
  expect(rules).not.toContain('finished-before-ccs');
});

test.each(['openssl-reorder-c-ccs-finished.client.pcap', 'openssl-ecdhe-ecdsa-aes128-gcm.pcap'])(
  'near miss: %s, where all is in order',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('finished-before-ccs');
  },
);

test('with two points it explains the repeat of the last flight, which was not lost', async () => {
  const run = 'openssl-reorder-s-ccs-finished';
  const { headline, rules } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect(headline).toMatchObject({ rule: 'finished-before-ccs', certainty: 'seen' });
  expect(rules).not.toContain('final-flight-lost-recovered');
});

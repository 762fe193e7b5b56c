import { expect, test } from 'vitest';
import { HELLO_VERIFY_REQUEST, has, SERVER_HELLO } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test('a server that counts for itself', async () => {
  const { finding } = await diagnose('pion12-flight-interval-loss.server.pcap');
  expect(finding('seq-not-increasing-on-serverhello')).toMatchObject({
    severity: 'note',
    title: 'HelloVerifyRequest has the number 0, the ClientHello before it 1',
  });
});

test('a server that begins the new epoch with the numbers of the old one', async () => {
  const { finding } = await diagnose('pionclient-weriftserver.pcap');
  expect(finding('seq-not-increasing-on-serverhello')).toMatchObject({ severity: 'note' });
});

test('a ServerHello under the number of the HelloVerifyRequest', async () => {
  const { finding } = await diagnose('openssl-ecdhe-ecdsa-aes128-gcm.pcap', {
    edit: (datagrams) =>
      datagrams.map((d) => {
        if (!has(SERVER_HELLO)(d)) return d;
        const payload = d.payload.slice();
        payload[10] = datagrams.find(has(HELLO_VERIFY_REQUEST))?.payload[10] ?? 0;
        return { ...d, payload };
      }),
  });
  expect(finding('seq-not-increasing-on-serverhello')?.title).toMatch(/^ServerHello has the number 0/);
});

test.each(['openssl-loss-ch1.server.pcap', 'link-s2c-only.pcap', 'gnutls-dtls09.pcap', 'openssl-loss-hvr.client.pcap'])(
  'near miss: %s copies the number, or the ClientHello is not there',
  async (file) => {
    expect((await diagnose(file)).rules).not.toContain('seq-not-increasing-on-serverhello');
  },
);

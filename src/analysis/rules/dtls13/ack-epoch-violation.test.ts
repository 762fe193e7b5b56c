import { expect, test } from 'vitest';
import { refusedWith } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

/** NSS acknowledges the server's encrypted records in the clear. */
const NSS = 'nss-dtls13-loss-enc-flight';

test.each(['client', 'server'])('a plaintext ACK names records of epoch 2, at the %s', async (point) => {
  const { finding } = await diagnose(`${NSS}.${point}.pcap`);
  expect(finding('ack-epoch-violation')).toMatchObject({
    severity: 'security',
    certainty: 'seen',
    title: 'An ACK of the client in epoch 0 names a record of epoch 2',
    headline: false,
  });
});

test('it needs no keys', async () => {
  const { rules } = await diagnose(`${NSS}.client.pcap`, { withoutKeys: true });
  expect(rules).toContain('ack-epoch-violation');
});

test('a server that refuses it ends the handshake', async () => {
  const { finding } = await diagnose(`${NSS}.client.pcap`, {
    edit: (d) => {
      const ack = d.findIndex((x) => x.payload[0] === 26);
      return [...d.slice(0, ack + 1), refusedWith(at(d, ack), 47)];
    },
  });
  expect(finding('ack-epoch-violation')).toMatchObject({ severity: 'failure' });
});

test.each(['wolfssl13-lost-certificate.client.pcap', 'wolfssl13-lost-serverhello.client.pcap', 'nss-dtls13.pcap'])(
  'near miss: ACKs of their own epoch, of an earlier one, or empty (%s)',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('ack-epoch-violation');
  },
);

import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const RULE = 'partial-flight-held-up';
const MIDDLE = 'openssl-loss-cert-middle.client.pcap';

test('one Certificate fragment is missing, and 18 other datagrams wait for it', async () => {
  const { headline, finding } = await diagnose(MIDDLE);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'warning',
    certainty: 'near-certain',
    title: 'Flight 4 of the server is held up for 1.0 s: Certificate is lost while the rest arrives',
  });
  expect(headline?.explanation).toContain('bytes 838 to 1068 and 3841 to 4071 of Certificate (4111 bytes) did not');
  expect(headline?.explanation).toContain('DTLS 1.2 has no ACK for a part');
  expect(headline?.evidence.map((e) => e.packet)).toEqual([8, 20, 24]);
  expect(finding('flight-lost-and-recovered')?.consequenceOf).toBe(RULE);
});

test('DTLS 1.3 at the sender: the ACKs tell which records arrived', async () => {
  const { headline } = await diagnose('wolfssl13-lost-ee-and-cv.server.pcap');
  expect(headline?.rule).toBe(RULE);
  expect(headline?.title).toContain('EncryptedExtensions and CertificateVerify are missing while the rest arrives');
  expect(headline?.explanation).toContain('The ACKs name what arrived');
  expect(headline?.explanation).toContain('cannot be told whether that was lost, damaged or late');
  expect(headline?.certainty).toBe('inferred');
});

test('DTLS 1.3 at the receiver: the record numbers tell the same', async () => {
  const { headline } = await diagnose('wolfssl13-lost-ee-and-cv.client.pcap');
  expect(headline?.rule).toBe(RULE);
  expect(headline?.title).toContain('EncryptedExtensions and CertificateVerify are lost while the rest arrives');
});

test('both capture points prove it', async () => {
  const { headline } = await diagnose(['gnutls-loss-cert-middle.client.pcap', 'gnutls-loss-cert-middle.server.pcap']);
  expect(headline).toMatchObject({ rule: RULE, certainty: 'seen' });
});

test('it never comes: the handshake stops there', async () => {
  const { finding } = await diagnose('bc-loss25-seed31.server.pcap');
  expect(finding(RULE)).toMatchObject({
    severity: 'failure',
    title: 'Flight 5 of the client never arrives whole: ClientKeyExchange missing in 2 of 4 transmissions',
  });
});

test('near miss: the whole flight was lost', async () => {
  for (const point of ['client', 'server'])
    expect((await diagnose(`openssl-loss-flight4.${point}.pcap`)).rules).not.toContain(RULE);
});

test('near miss: only the capture lacks it, and nothing was repeated', async () => {
  expect((await diagnose('ipfrag-v4-one-missing-dtls12.pcap')).rules).not.toContain(RULE);
  const { rules } = await diagnose('openssl-bigchain-mtu256.pcap', { edit: (d) => d.filter((_, i) => i !== 9) });
  expect(rules).not.toContain(RULE);
});

test('near miss: ChangeCipherSpec alone is lost, which has a rule of its own', async () => {
  const { rules } = await diagnose('openssl-loss-uplink-flight5-forever.server.pcap');
  expect(rules).toContain('ccs-lost');
  expect(rules).not.toContain(RULE);
});

test('near miss: two points see the rest arrive: it came before its ServerHello, and was not lost', async () => {
  const files = ['firefox-webrtc-reorder.client.pcap', 'firefox-webrtc-reorder.server.pcap'];
  expect((await diagnose(files)).rules).not.toContain(RULE);
});

import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'hvr-lost';

test('at the server: the first HelloVerifyRequest leaves and has no effect', async () => {
  const { headline } = await diagnose('openssl-loss-hvr.server.pcap');
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'warning',
    certainty: 'near-certain',
    title: "The server's HelloVerifyRequest was lost: the client repeated its ClientHello after 1.0 s",
  });
  expect(headline?.evidence.map((e) => e.packet)).toEqual([2, 3, 5]);
});

test('a server that gives all of them one record number', async () => {
  const { headline } = await diagnose('gnutls-loss-hvr.server.pcap');
  expect(headline?.rule).toBe(ID);
});

test('HelloRetryRequests are lost in the same way', async () => {
  const { finding } = await diagnose('wolfssl13-loss20-seed7.server.pcap');
  expect(finding(ID)?.title).toBe(
    "The server's HelloRetryRequest was lost twice, and the client repeated its ClientHello",
  );
});

test('two capture points prove it', async () => {
  const { headline } = await diagnose(['openssl-loss-hvr.client.pcap', 'openssl-loss-hvr.server.pcap']);
  expect(headline).toMatchObject({ rule: ID, certainty: 'seen' });
});

test('near miss: at the client the ClientHello may have been lost as well', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.client.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: copies that the network made', async () => {
  const { rules } = await diagnose('gnutls-loss-dup-all.client.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: a copy of the first ClientHello, long after the handshake', async () => {
  const { rules } = await diagnose('openssl-assoc-spoofed-clienthello.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the ClientHello with the cookie was lost', async () => {
  const { rules } = await diagnose('openssl-loss-ch2.client.pcap');
  expect(rules).not.toContain(ID);
});

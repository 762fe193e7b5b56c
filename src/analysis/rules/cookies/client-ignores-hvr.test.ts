import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'client-ignores-hvr';
const LOST = 'bc-fail-server-silent.server.pcap';

/** The hops are those of a capture at the client: what is in it has arrived there. */
const atClient = (d: readonly EditedDatagram[]) => d.map((x) => ({ ...x, ttl: x.source.port === 30_018 ? 57 : 64 }));

test('the HelloVerifyRequests arrive, and the client repeats its first ClientHello', async () => {
  const { headline } = await diagnose(LOST, { edit: atClient });
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'near-certain',
    title: 'The client ignores 5 HelloVerifyRequests and repeats its ClientHello without a cookie',
  });
});

test('a client of DTLS 0.9 drops a HelloVerifyRequest of DTLS 1.0: the version is the cause', async () => {
  const { headline, finding } = await diagnose('gnutls-dtls09.pcap');
  expect(finding(ID)?.explanation).toContain('says DTLS 1.0 and the ClientHello DTLS 0.9');
  expect(headline?.rule).toBe('version-mismatch');
});

test('a client that says nothing more, for half a minute', async () => {
  const { headline } = await diagnose(LOST, {
    // The last datagram of the capture is somebody else's.
    edit: (d) => [
      ...atClient(d.slice(0, 2)),
      ...d.slice(0, 1).map((x) => ({ ...x, timeMs: 40_000, source: { ...x.source, port: 9999 } })),
    ],
  });
  expect(headline).toMatchObject({
    rule: ID,
    certainty: 'inferred',
    title: 'The client gets a HelloVerifyRequest and never answers it',
  });
});

test('near miss: at the server they may be lost on the way', async () => {
  const { rules } = await diagnose(LOST);
  expect(rules).not.toContain(ID);
  expect(rules).toContain('one-way-downlink-dead');
});

test('near miss: with two capture points they are lost', async () => {
  const { rules } = await diagnose(['bc-fail-server-silent.client.pcap', LOST]);
  expect(rules).not.toContain(ID);
});

test('near miss: the capture ends right after the HelloVerifyRequest', async () => {
  const { rules } = await diagnose('openssl-fail-server-mute-after-hvr-c2s.server.pcap');
  expect(rules).not.toContain(ID);
});

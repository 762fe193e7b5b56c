import { expect, test } from 'vitest';
import { captureOf, datagramsOf, type EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose, diagnoseSources } from '../rule.test.helper.ts';

const RULE = 'fragmented-clienthello-ignored';
const IGNORED = 'pionclient-wolfserver13-chfrag.pcap';

test('a post-quantum ClientHello in two fragments, four times, and no answer', async () => {
  const { headline, finding } = await diagnose(IGNORED);
  expect(headline).toMatchObject({
    rule: RULE,
    severity: 'failure',
    certainty: 'near-certain',
    title: '127.0.0.1:35006 ignores a ClientHello that comes in 2 fragments',
  });
  expect(headline?.explanation).toContain('has 1565 bytes');
  expect(headline?.explanation).toContain('A post-quantum key share takes 1216 of them');
  expect(headline?.evidence.map((e) => e.packet)).toEqual([1, 2, 7]);
  expect(finding('no-answer-to-clienthello')?.consequenceOf).toBe(RULE);
});

test('where nothing tells that it arrives, that is said', async () => {
  const { finding } = await diagnose(IGNORED, { edit: (d) => d.map((x) => elsewhere(x, 40_000)) });
  expect(finding(RULE)).toMatchObject({ certainty: 'inferred' });
  expect(finding(RULE)?.explanation).toContain('cannot be told whether the fragments get to the server');
});

test('the same server answers a ClientHello in one piece', async () => {
  const fragmented = (await datagramsOf(IGNORED)).map((d) => elsewhere(d, 40_000));
  const clean = (await datagramsOf('openssl-ecdhe-ecdsa-aes128-gcm.pcap')).map((d) => elsewhere(d, 40_001));
  const { finding } = await diagnoseSources([captureOf([...clean, ...fragmented.map((d) => later(d, 5000))])]);
  expect(finding(RULE)).toMatchObject({ certainty: 'near-certain' });
  expect(finding(RULE)?.explanation).toContain('answered the ClientHello of 192.0.2.1:40001, which came in one piece');
});

test('near miss: a fragment is lost each time', async () => {
  const { rules } = await diagnose(IGNORED, { edit: (d) => d.filter((_, i) => i % 2 === 0) });
  expect(rules).not.toContain(RULE);
});

test('near miss: one is lost once, then the server answers', async () => {
  for (const point of ['client', 'server']) {
    expect((await diagnose(`nss-dtls13-loss-ch.${point}.pcap`)).rules).not.toContain(RULE);
    expect((await diagnose(`firefox-webrtc-loss-ch-fragment.${point}.pcap`)).rules).not.toContain(RULE);
  }
});

test('near miss: the server does not answer a ClientHello in one piece either', async () => {
  expect((await diagnose('openssl-fail-server-silent.pcap')).rules).not.toContain(RULE);
});

test('near miss: the capture ends with the second one', async () => {
  const { rules } = await diagnose(IGNORED, {
    edit: (d) => d.slice(0, 4).map((x, i) => ({ ...x, timeMs: i < 2 ? 0 : 100 })),
  });
  expect(rules).not.toContain(RULE);
});

const SERVER = { address: '192.0.2.2', port: 35_006 };

/** Between two hosts, so that nothing tells where it was captured. In these captures the client speaks first. */
function elsewhere(d: EditedDatagram, port: number): EditedDatagram {
  const client = { address: '192.0.2.1', port };
  const fromClient = d.destination.port === 35_006 || d.source.port === 21_241 || d.source.port % 2 === 1;
  return fromClient ? { ...d, source: client, destination: SERVER } : { ...d, source: SERVER, destination: client };
}

const later = (d: EditedDatagram, ms: number): EditedDatagram => ({ ...d, timeMs: d.timeMs + ms });

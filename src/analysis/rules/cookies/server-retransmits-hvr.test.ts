import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'server-retransmits-hvr';
const CLEAN = 'openssl-ecdhe-ecdsa-aes128-gcm.pcap';
/** Where the record number ends. */
const NUMBER = 10;

/** The HelloVerifyRequest comes again after that time, under another number, before the client goes on. */
const repeatedAfter = (ms: number) => (d: readonly EditedDatagram[]) => {
  const [hello, request, ...rest] = d;
  if (!hello || !request) throw new Error('the capture is empty');
  const payload = request.payload.slice();
  payload[NUMBER] = 5;
  return [
    hello,
    request,
    { ...request, payload, timeMs: request.timeMs + ms },
    ...rest.map((x) => ({ ...x, timeMs: x.timeMs + ms })),
  ];
};

test('the same HelloVerifyRequest again after a second, and nobody asked', async () => {
  const { headline } = await diagnose(CLEAN, { edit: repeatedAfter(1000) });
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'warning',
    title: 'The server repeats its HelloVerifyRequest by itself after 1.0 s',
  });
});

test('near miss: so soon it is the network', async () => {
  const { rules } = await diagnose(CLEAN, { edit: repeatedAfter(100) });
  expect(rules).not.toContain(ID);
});

test('near miss: every one answers a ClientHello', async () => {
  for (const file of [
    'openssl-loss-hvr.server.pcap',
    'gnutls-loss-hvr.server.pcap',
    'bc-fail-server-silent.server.pcap',
  ]) {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain(ID);
  }
});

test('near miss: the ClientHello in between is missing in the capture, as the numbers of the client show', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.server.pcap', { edit: (d) => d.filter((_, i) => i !== 2) });
  expect(rules).not.toContain(ID);
});

test('near miss: a copy made by the network a second later', async () => {
  const { rules } = await diagnose(CLEAN, {
    edit: (d) => repeatedAfter(1000)(d).map((x, i) => (i === 2 ? { ...x, payload: d[1]?.payload ?? x.payload } : x)),
  });
  expect(rules).not.toContain(ID);
});

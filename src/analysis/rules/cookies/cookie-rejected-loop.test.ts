import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'cookie-rejected-loop';

test('three backends with different secrets: no cookie is ever right', async () => {
  const { headline } = await diagnose('hvr-changing-cookies-never-openssl-dtls12.pcap');
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'seen',
    title: 'The server asks for another cookie 5 times although the client returned the one it was given',
  });
  expect(headline?.explanation).toContain('with 3 cookies in all');
  expect(headline?.explanation).toContain('keeps to its first cookie');
});

test.each(['hvr-changing-cookies-recovers-openssl-dtls12.pcap', 'hvr-loop-lb-recovers-openssl-dtls12.pcap'])(
  '%s: the right backend is met in the end: a warning',
  async (file) => {
    const { headline, findings } = await diagnose(file);
    expect(headline).toMatchObject({ rule: ID, severity: 'warning' });
    expect(findings.filter((f) => f.severity === 'failure')).toEqual([]);
  },
);

test('behind a NAT that changes the port: at the client it cannot be told why', async () => {
  const { headline } = await diagnose('openssl-fail-cookie-mismatch-listen.client.pcap');
  expect(headline?.rule).toBe(ID);
  expect(headline?.explanation).toContain('From here it cannot be told');
});

test('a cookie that was damaged on its way, at the server and at the client', async () => {
  const atServer = await diagnose('openssl-cookie-corrupt.server.pcap');
  expect(atServer.headline).toMatchObject({ rule: ID, severity: 'warning' });
  expect(atServer.headline?.explanation).toContain('other in byte 5 of 20');
  const atClient = await diagnose('openssl-cookie-corrupt.client.pcap');
  expect(atClient.headline?.title).toBe('The server asks again once for the very cookie that the client returned');
});

test('near miss: repeats of the ClientHello that all get the same answer', async () => {
  const { rules } = await diagnose('openssl-rand50-seed3.server.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: a HelloVerifyRequest that answers a repeated first ClientHello and crosses the cookie', async () => {
  const { rules } = await diagnose('openssl-loss-hvr.server.pcap', {
    // The cookie of the first one comes back before the second one leaves, which has another cookie.
    edit: (d) =>
      d.map((x, i) => {
        if (i !== 3) return i === 4 ? { ...x, timeMs: x.timeMs - 1 } : x;
        const payload = x.payload.slice();
        payload[payload.length - 1] = (payload.at(-1) ?? 0) ^ 0xff;
        return { ...x, payload };
      }),
  });
  expect(rules).not.toContain(ID);
});

test('near miss: two HelloVerifyRequests that were not answered, and the capture ends', async () => {
  const { rules } = await diagnose('hvr-changing-cookies-never-openssl-dtls12.pcap', { edit: (d) => d.slice(0, 4) });
  expect(rules).not.toContain(ID);
});

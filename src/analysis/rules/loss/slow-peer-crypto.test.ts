import { expect, test } from 'vitest';
import { renumbered } from '../../../../test/edited-capture.ts';
import { diagnose } from '../rule.test.helper.ts';

/** Flight 3 comes three times while the server computes, and then it answers every copy at once. */
const slowServer = (file: string) =>
  diagnose(file, {
    edit: (all) => {
      const [hello, verify, cookie, flight4, ...rest] = all;
      if (!hello || !verify || !cookie || !flight4) throw new Error('the capture is another one');
      const later = (d: typeof hello, ms: number) => ({ ...d, timeMs: d.timeMs + ms });
      return [
        hello,
        verify,
        cookie,
        renumbered(later(cookie, 1000), 1),
        renumbered(later(cookie, 3000), 2),
        later(flight4, 5000),
        renumbered(later(flight4, 5010), 4),
        renumbered(later(flight4, 5020), 8),
        ...rest.map((d) => later(renumbered(d, d.source.port === hello.source.port ? 2 : 8), 5100)),
      ];
    },
    withoutKeys: true,
  });

test('a server that needs five seconds and then answers all three copies', async () => {
  const { finding } = await slowServer('openssl-ecdhe-ecdsa-aes128-gcm.pcap');
  expect(finding('slow-peer-crypto')).toMatchObject({ severity: 'warning', inferred: true });
  expect(finding('slow-peer-crypto')?.title).toContain('5.0 s');
});

test('near miss: a flight that was held up comes in the wrong order', async () => {
  expect((await diagnose('openssl-delay-flight4-spurious.client.pcap')).rules).not.toContain('slow-peer-crypto');
});

test('near miss: one answer to several copies', async () => {
  expect((await diagnose('openssl-loss-flight4.client.pcap')).rules).not.toContain('slow-peer-crypto');
});

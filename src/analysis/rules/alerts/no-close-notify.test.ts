import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test('a client that leaves without a word', async () => {
  const { finding, headline } = await diagnose('openssl-no-close.pcap');
  expect(finding('no-close-notify')).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(headline).toBeNull();
});

test('a capture that goes on for a minute: it fell silent', async () => {
  const { finding } = await diagnose('openssl-no-close.pcap', {
    edit: (d) => {
      const last = d.at(-1);
      if (!last) return [];
      const elsewhere = { ...last, source: { ...last.source, port: 9 }, destination: { ...last.destination, port: 9 } };
      return [...d, { ...elsewhere, payload: new Uint8Array(8), timeMs: last.timeMs + 60_000 }];
    },
  });
  expect(finding('no-close-notify')?.title).toContain('falls silent 60 s before the capture ends');
});

test.each(['openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'wolfssl13-clean-aes128gcm.pcap'])(
  'near miss: %s is closed, with keys or without',
  async (file) => {
    for (const withoutKeys of [true, false])
      expect((await diagnose(file, { withoutKeys })).rules).not.toContain('no-close-notify');
  },
);

test('near miss: another association took its place', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-cookie.pcap');
  expect(rules).not.toContain('no-close-notify');
});

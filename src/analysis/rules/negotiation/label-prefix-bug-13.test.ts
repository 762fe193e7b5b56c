import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

test.each(['client', 'server'])(
  'a ServerHello changed on its way, seen at the %s, with the keys of both ends',
  async (at) => {
    const { headline } = await diagnose(`wolfssl13-fail-sh-random-corrupted.${at}.pcap`);
    expect(headline).toMatchObject({ rule: 'label-prefix-bug-13', severity: 'failure', certainty: 'seen' });
  },
);

test.each(['client', 'server'])(
  'the same at the %s without keys is an inference, and says what else it could be',
  async (at) => {
    const { finding } = await diagnose(`wolfssl13-fail-sh-random-corrupted.${at}.pcap`, { withoutKeys: true });
    expect(finding('label-prefix-bug-13')).toMatchObject({ certainty: 'inferred' });
    expect(finding('label-prefix-bug-13')?.alternatives.join(' ')).toContain('lost');
  },
);

test.each(['client', 'server'])('near miss: a path that drops large datagrams, seen at the %s', async (at) => {
  const { rules } = await diagnose(`wolfssl13-path-mtu-blackhole.${at}.pcap`);
  expect(rules).not.toContain('label-prefix-bug-13');
});

test('near miss: the server is heard by nobody', async () => {
  const { rules } = await diagnose('wolfssl13-fail-server-silent.server.pcap');
  expect(rules).not.toContain('label-prefix-bug-13');
});

test('near miss: only the signature is wrong', async () => {
  const { rules } = await diagnose('wolfssl13-fail-wrong-server-key.pcap');
  expect(rules).not.toContain('label-prefix-bug-13');
});

import { expect, test } from 'vitest';
import { has, refusedWith, SERVER_HELLO_DONE } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each(['openssl-bigchain-mtu256.pcap', 'gnutls-bigchain-mtu500.pcap'])(
  '%s: works, so it is a note',
  async (file) => {
    const { finding } = await diagnose(file);
    expect(finding('chain-too-big')).toMatchObject({ severity: 'note', headline: false });
    expect(finding('chain-too-big')?.title).toContain('4111 bytes');
  },
);

test('the client answers it with record_overflow', async () => {
  const { headline } = await diagnose('openssl-bigchain-mtu1472.pcap', {
    edit: (d) => {
      const at = d.findIndex(has(SERVER_HELLO_DONE));
      const last = d[at];
      return last ? [...d.slice(0, at + 1), refusedWith(last, 22)] : d;
    },
    withoutKeys: true,
  });
  expect(headline).toMatchObject({ rule: 'chain-too-big', severity: 'failure', certainty: 'near-certain' });
});

test('near miss: a chain of two in few records', async () => {
  const { rules } = await diagnose('openssl-mutual-auth-ec.pcap');
  expect(rules).not.toContain('chain-too-big');
});

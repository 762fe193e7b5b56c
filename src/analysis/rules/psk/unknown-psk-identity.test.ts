import { expect, test } from 'vitest';
import { CLIENT_HELLO, has, refusedWith } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

test.each([
  ['openssl-fail-psk-identity-unknown.pcap', 'stranger'],
  ['mbedtls-fail-psk-unknown-identity.pcap', 'someone-else'],
])('%s names the identity', async (file, identity) => {
  const { headline, rules } = await diagnose(file);
  expect(headline).toMatchObject({ rule: 'unknown-psk-identity', severity: 'failure', certainty: 'seen' });
  expect(headline?.title).toContain(`"${identity}"`);
  expect(rules).not.toContain('wrong-psk');
});

test('DTLS 1.3: the identity is in the ClientHello', async () => {
  const { headline } = await diagnose('wolfssl13-fail-psk-hrr-no-keyshare.pcap', {
    edit: (d) => {
      const at = d.findIndex(has(CLIENT_HELLO));
      const hello = d[at];
      return hello ? [...d.slice(0, at + 1), refusedWith(hello, 115)] : d;
    },
  });
  expect(headline?.title).toContain('"corpus-id"');
});

test.each(['gnutls-fail-psk-unknown-id.pcap', 'bc-fail-psk-mismatch.pcap'])(
  'near miss: %s does not say so, and it may be the key',
  async (file) => {
    const { rules } = await diagnose(file);
    expect(rules).not.toContain('unknown-psk-identity');
  },
);

import { expect, test } from 'vitest';
import { CLIENT_HELLO, has } from '../edit-messages.test.helper.ts';
import { again, at, nth } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'reboot-same-quartet-ignored';

test('at the client: four new ClientHellos on a living association, and nothing comes back', async () => {
  const { headline } = await diagnose('bc-client-reboot-cookie-ignored.client.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'inferred' });
  expect(headline?.title).toContain('4 times');
});

test('the server goes on under the old keys: it knows the client only as it was', async () => {
  const { headline } = await diagnose('openssl-assoc-reboot-cookie.pcap', {
    edit: (d) => {
      const hello = nth(d, has(CLIENT_HELLO), 2);
      const data = at(d, 8);
      const more = { ...data, timeMs: hello.timeMs + 500 };
      return [...d.slice(0, 8), hello, more, again(hello, 1000), again(hello, 3000, 2)];
    },
  });
  expect(headline).toMatchObject({ rule: ID, certainty: 'near-certain' });
  expect(headline?.explanation).toContain('under the old keys: 1 record');
});

test('near miss: the server asks for a cookie', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-cookie.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: there never was an association', async () => {
  const { headline, rules } = await diagnose('mbedtls-reconnect-hard-same-port-server-no-cookies.pcap');
  expect(headline?.rule).toBe('no-answer-to-clienthello');
  expect(rules).not.toContain(ID);
});

test('near miss: the old association was closed before', async () => {
  const { rules } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => {
      const hello = nth(d, has(CLIENT_HELLO), 2);
      return [...d.slice(0, 11), hello, again(hello, 1000), again(hello, 3000, 2)];
    },
  });
  expect(rules).toContain('no-answer-to-clienthello');
  expect(rules).not.toContain(ID);
});

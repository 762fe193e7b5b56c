import { expect, test } from 'vitest';
import { CLIENT_HELLO, HELLO_VERIFY_REQUEST, has } from '../edit-messages.test.helper.ts';
import { again, at, nth } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'association-destroyed-without-reachability';

test('a server without cookies takes the first ClientHello for the new client', async () => {
  const { headline } = await diagnose('openssl-assoc-reboot-naive.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'security', certainty: 'inferred' });
});

test('the server closes the old association for a ClientHello that nothing follows', async () => {
  const { finding } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => {
      const hello = nth(d, has(CLIENT_HELLO), 2);
      const close = at(d, 10);
      return [...d.slice(0, 9), { ...hello, timeMs: close.timeMs - 0.02 }, close];
    },
  });
  expect(finding(ID)).toMatchObject({ severity: 'security', certainty: 'near-certain' });
});

test('after a ClientHello that leads to nothing the old client is not answered any more', async () => {
  const { finding } = await diagnose('openssl-assoc-reboot-cookie.pcap', {
    edit: (d) => {
      const hello = nth(d, has(CLIENT_HELLO), 2);
      const request = nth(d, has(HELLO_VERIFY_REQUEST), 1);
      const data = at(d, 7);
      return [...d.slice(0, 9), hello, request, again(data, 1000, 1), again(data, 2000, 2)];
    },
    withoutKeys: true,
  });
  expect(finding(ID)).toMatchObject({ severity: 'security', certainty: 'inferred' });
});

test.each([
  ['a cookie exchange comes first', 'openssl-assoc-reboot-cookie.pcap'],
  ['who resumes proves that it has the secret', 'californium-forced-resume-same-port.pcap'],
  ['who resumes proves that it has the secret', 'californium-probe-resume-same-port.pcap'],
  ['closed before', 'openssl-assoc-two-in-a-row-sameport.pcap'],
  ['closed before, and ICE', 'rtc-new-association-same-ports-firefox.offerer.pcap'],
  ['a copied ClientHello costs nothing', 'openssl-assoc-spoofed-clienthello.server.pcap'],
  ['the server had lost it before', 'openssl-assoc-server-restart.pcap'],
])('near miss: %s (%s)', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});

test('near miss: the server goes on under the old keys until the new handshake is done', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-naive.pcap', {
    edit: (d) => {
      const data = at(d, 6);
      const answer = at(d, 8);
      return [...d.slice(0, 9), again(data, answer.timeMs + 0.2 - data.timeMs), ...d.slice(9)];
    },
    withoutKeys: true,
  });
  expect(rules).not.toContain(ID);
  expect(rules).toContain('reboot-same-quartet-ok');
});

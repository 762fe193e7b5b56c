import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'cookie-tuple-changed';

test('a server without state asks the new port for another cookie, in vain', async () => {
  const { headline, finding } = await diagnose('openssl-fail-cookie-mismatch-listen.server.pcap');
  expect(headline).toMatchObject({
    rule: ID,
    severity: 'failure',
    certainty: 'seen',
    title: "The client's address changed from 127.0.0.1:21259 to 127.0.0.1:29990 before the cookie came back",
  });
  expect(headline?.explanation).toContain('asks for another one 4 times');
  expect(headline?.evidence.map((e) => e.packet)).toEqual([3, 1, 2, 4, 9]);
  expect(finding('cookie-rejected-loop')?.consequenceOf).toBe(ID);
});

test('a server with state does not answer the new port at all', async () => {
  const { headline } = await diagnose('openssl-fail-cookie-mismatch-stateful.server.pcap');
  expect(headline?.rule).toBe(ID);
  expect(headline?.explanation).toContain('does not answer 4 ClientHellos from there');
});

test.each(['listen', 'stateful'])('%s, with a second capture point beyond the NAT', async (how) => {
  const run = `openssl-fail-cookie-mismatch-${how}`;
  const { headline } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect(headline).toMatchObject({ rule: ID, certainty: 'seen' });
});

test.each(['listen', 'stateful'])('near miss: %s, at the client the port is the same', async (how) => {
  const { rules } = await diagnose(`openssl-fail-cookie-mismatch-${how}.client.pcap`);
  expect(rules).not.toContain(ID);
});

test('near miss: a capture that begins with the cookie', async () => {
  const { rules } = await diagnose('openssl-fail-cookie-mismatch-stateful.server.pcap', { edit: (d) => d.slice(2) });
  expect(rules).not.toContain(ID);
});

test('near miss: two clients, each with its own random', async () => {
  const { rules } = await diagnose('openssl-assoc-nat-rebind-then-new.pcap');
  expect(rules).not.toContain(ID);
});

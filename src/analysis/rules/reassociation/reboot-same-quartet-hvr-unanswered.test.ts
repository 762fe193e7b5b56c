import { expect, test } from 'vitest';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'reboot-same-quartet-hvr-unanswered';

test('at the server: four cookie requests, and the client only repeats its first ClientHello', async () => {
  const { headline } = await diagnose('bc-client-reboot-cookie-ignored.server.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'inferred' });
  expect(headline?.explanation).toContain('this client did return a cookie, so loss');
});

test('with both captures it is loss, and that is certain', async () => {
  const run = 'bc-client-reboot-cookie-ignored';
  const { headline } = await diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect(headline).toMatchObject({ rule: ID, certainty: 'seen' });
  expect(headline?.explanation).toContain('lost between the two capture points');
});

test('near miss: the cookie comes back', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-cookie.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: no association lived on these ports', async () => {
  const { rules } = await diagnose('bc-client-reboot-cookie-ignored.server.pcap', { edit: (d) => d.slice(15) });
  expect(rules).not.toContain(ID);
});

import { expect, test } from 'vitest';
import { at } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'old-records-in-new-association';

test('the old association says goodbye after the new one is done', async () => {
  const { finding } = await diagnose('tinydtls-rehandshake-same-port.pcap');
  expect(finding(ID)).toMatchObject({ severity: 'note' });
  expect(finding(ID)?.explanation).toContain('0 before the new handshake was done, 1 after');
});

test('late data in the middle of the new handshake', async () => {
  const { finding } = await diagnose('openssl-assoc-reboot-cookie.pcap', {
    edit: (d) => [...d.slice(0, 7), ...d.slice(8, 11), { ...at(d, 7), timeMs: at(d, 10).timeMs }, ...d.slice(11)],
  });
  expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(finding(ID)?.explanation).toContain('1 before the new handshake was done');
});

test('near miss: nothing of the old association comes any more', async () => {
  const { rules } = await diagnose('openssl-assoc-reboot-cookie.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: no new handshake was done', async () => {
  const { rules } = await diagnose('bc-client-reboot-cookie-ignored.server.pcap');
  expect(rules).not.toContain(ID);
});

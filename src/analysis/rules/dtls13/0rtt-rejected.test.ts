import { expect, test } from 'vitest';
import { change, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ACCEPTED = 'wolfssl13-early-data-accepted.pcap';
const PRE_SHARED_KEY = 41;

test('the ServerHello selects no pre-shared key', async () => {
  const { finding } = await diagnose(ACCEPTED, {
    edit: (d) => change(d, SERVER_HELLO, withExtension(PRE_SHARED_KEY, null)),
  });
  expect(finding('0rtt-rejected')).toMatchObject({ severity: 'note', certainty: 'seen', headline: false });
  expect(finding('0rtt-rejected')?.title).toMatch(
    /^The server rejects the early data of the client: 1 record, \d+ bytes$/,
  );
  expect(finding('0rtt-rejected')?.explanation).toContain('selects no pre-shared key');
});

test('near miss: the server takes them', async () => {
  const { rules } = await diagnose(ACCEPTED);
  expect(rules).not.toContain('0rtt-rejected');
});

test('near miss: without keys nothing shows whether it takes them', async () => {
  const { rules } = await diagnose(ACCEPTED, { withoutKeys: true });
  expect(rules).not.toContain('0rtt-rejected');
});

test('near miss: no early data were sent', async () => {
  const { rules } = await diagnose('wolfssl13-resumption-ticket.pcap');
  expect(rules).not.toContain('0rtt-rejected');
});

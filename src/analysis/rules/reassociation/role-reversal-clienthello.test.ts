import { expect, test } from 'vitest';
import type { EditedDatagram } from '../../../../test/edited-capture.ts';
import { CLIENT_HELLO, has, refusedWith } from '../edit-messages.test.helper.ts';
import { again, nth, turned } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'role-reversal-clienthello';
const CLOSED_FIRST = 'openssl-assoc-two-in-a-row-sameport.pcap';

/** The second ClientHello comes from the former server. */
const reversedHello = (d: readonly EditedDatagram[]) => turned(nth(d, has(CLIENT_HELLO), 2));

test('the former client answers as a server: worth a note', async () => {
  const { finding, rules } = await diagnose(CLOSED_FIRST, {
    edit: (d) => [...d.slice(0, 11), ...d.slice(11).map(turned)],
  });
  expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
  expect(rules).not.toContain('simultaneous-clienthello');
});

test('the former client answers nothing', async () => {
  const { headline } = await diagnose(CLOSED_FIRST, {
    edit: (d) => [...d.slice(0, 11), reversedHello(d), again(reversedHello(d), 2000), again(reversedHello(d), 6000, 2)],
  });
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
  expect(headline?.explanation).toContain('sent 3 times');
});

test('the former client refuses with an alert', async () => {
  const { headline } = await diagnose(CLOSED_FIRST, {
    edit: (d) => [...d.slice(0, 11), reversedHello(d), refusedWith(reversedHello(d), 10)],
  });
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
});

test('near miss: the former server only sends data under the old keys', async () => {
  const { rules } = await diagnose('californium-role-exchange-simultaneous-noclose.pcap');
  expect(rules).not.toContain(ID);
});

test('near miss: the same client comes back', async () => {
  const { rules } = await diagnose(CLOSED_FIRST);
  expect(rules).not.toContain(ID);
});

test('near miss: both start at once', async () => {
  const { rules } = await diagnose('glare-openssl-two-associations-dtls12.pcap');
  expect(rules).not.toContain(ID);
});

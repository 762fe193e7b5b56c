import { expect, test } from 'vitest';
import { CLIENT_HELLO, has } from '../edit-messages.test.helper.ts';
import { again, nth, turned } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'simultaneous-clienthello';

test.each([
  'glare-firefox-both-active.offerer.pcap',
  'glare-firefox-both-active.answerer.pcap',
  'glare-firefox-both-active-dtls12.offerer.pcap',
  'glare-firefox-both-active-dtls12.answerer.pcap',
])('%s: both WebRTC peers are active, and both refuse', async (file) => {
  const { headline } = await diagnose(file);
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'seen' });
  expect(headline?.explanation).toContain('STUN');
});

test('both stay silent', async () => {
  const { headline } = await diagnose('glare-openssl-resolved-dtls12.pcap', {
    edit: (d) => {
      const hellos = [nth(d, has(CLIENT_HELLO), 0), nth(d, has(CLIENT_HELLO), 1)];
      return [0, 1, 2].flatMap((n) => hellos.map((hello) => again(hello, 1000 * (2 ** n - 1), n)));
    },
  });
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
});

test.each(['glare-openssl-resolved-dtls12.pcap', 'glare-openssl-two-associations-dtls12.pcap'])(
  '%s: it is resolved, so it is only a note',
  async (file) => {
    const { findings } = await diagnose(file);
    const mine = findings.filter((f) => f.rule === ID);
    expect(mine.map((f) => f.severity)).toEqual(['note', 'note']);
  },
);

test('near miss: the second ClientHello comes from the former server, later', async () => {
  const { rules } = await diagnose('openssl-assoc-two-in-a-row-sameport.pcap', {
    edit: (d) => [...d.slice(0, 11), ...d.slice(11).map(turned)],
  });
  expect(rules).not.toContain(ID);
});

test('near miss: one handshake, and data from the server', async () => {
  const { rules } = await diagnose('californium-role-exchange-simultaneous-noclose.pcap');
  expect(rules).not.toContain(ID);
});

import { expect, test } from 'vitest';
import { change, has, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { nth } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'resumption-declined';
const PRE_SHARED_KEY = 41;

test('a restarted server cannot read its old ticket', async () => {
  for (const withoutKeys of [false, true]) {
    const { finding } = await diagnose('openssl-assoc-server-restart.pcap', { withoutKeys });
    expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
    expect(finding(ID)?.title).toBe(
      'The client offered the session of a1 by ticket, and the server did a full handshake',
    );
    expect(finding(ID)?.explanation).toContain('the server had lost its state');
  }
});

test('DTLS 1.3: the ServerHello takes none of the tickets', async () => {
  const { finding } = await diagnose('wolfssl13-resumption-ticket.pcap', {
    edit: (d) => {
      const second = nth(d, has(SERVER_HELLO), 1);
      return d.flatMap((one) =>
        one === second ? change([one], SERVER_HELLO, withExtension(PRE_SHARED_KEY, null)) : [one],
      );
    },
  });
  expect(finding(ID)?.title).toContain('the session of a1 by PSK ticket');
});

test.each([
  'openssl-resume-ticket.pcap',
  'openssl-resume-sessionid-cbc-etm.pcap',
  'gnutls-resume-noticket.pcap',
  'wolfssl13-resumption-ticket.pcap',
  'wolfssl13-psk-external.pcap',
  'openssl-assoc-reboot-cookie.pcap',
])('near miss: %s', async (file) => {
  for (const withoutKeys of [false, true]) {
    const { rules } = await diagnose(file, { withoutKeys });
    expect(rules).not.toContain(ID);
  }
});

import { expect, test } from 'vitest';
import { at } from '../renumber.test.helper.ts';
import { diagnose } from '../rule.test.helper.ts';

const ID = 'cid-address-update';

test.each(['wolfssl13-cid-rebind.server.pcap', 'californium-cid-newport-without-handshake.server.pcap'])(
  '%s: the server follows, with and without keys',
  async (file) => {
    for (const withoutKeys of [false, true]) {
      const { finding } = await diagnose(file, { withoutKeys });
      expect(finding(ID)).toMatchObject({ severity: 'note', certainty: 'seen' });
      expect(finding(ID)?.explanation).toContain('without a return routability check');
    }
  },
);

test('the server knows the ID and does not follow', async () => {
  const { headline } = await diagnose('wolfssl13-cid-rebind-not-followed.server.pcap');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure' });
});

test('with both captures the move shows at the server, and so does what follows from it', async () => {
  const both = (run: string) => diagnose([`${run}.client.pcap`, `${run}.server.pcap`]);
  expect((await both('wolfssl13-cid-rebind')).finding(ID)).toMatchObject({ severity: 'note' });
  const { headline } = await both('wolfssl13-cid-rebind-not-followed');
  expect(headline).toMatchObject({ rule: ID, severity: 'failure', certainty: 'near-certain' });
});

test('a copy from another address draws the answers to it', async () => {
  const { finding } = await diagnose('californium-cid-newport-without-handshake.client.pcap', {
    edit: (d) => {
      // The client's second data, copied from elsewhere, and the server's last answer goes there.
      const copy = { ...at(d, 8), source: { address: '192.0.2.66', port: 6666 }, timeMs: at(d, 11).timeMs + 0.1 };
      const answer = { ...at(d, 13), destination: copy.source };
      return [...d.slice(0, 12), copy, at(d, 12), answer];
    },
  });
  expect(finding(ID)).toMatchObject({ severity: 'security' });
});

test.each([
  ['the address changed behind this point', 'wolfssl13-cid-rebind.client.pcap'],
  ['no port changed', 'wolfssl12-cid-rebind.server.pcap'],
  ['moved without a connection ID', 'openssl-assoc-nat-rebind-client.pcap'],
  ['ICE moved it, without a connection ID', 'ice-restart-same-dtls-firefox-dtls12.offerer.pcap'],
])('near miss: %s (%s)', async (_, file) => {
  const { rules } = await diagnose(file);
  expect(rules).not.toContain(ID);
});

import { expect, test } from 'vitest';
import { datagramsOf } from '../../../../test/edited-capture.ts';
import { answeredBy, change, SERVER_HELLO, withExtension } from '../edit-messages.test.helper.ts';
import { at } from '../renumber.test.helper.ts';
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

test('a HelloRetryRequest rejects them', async () => {
  const retry = at(await datagramsOf('wolfssl13-hrr-group.pcap'), 1).payload;
  const { finding } = await diagnose(ACCEPTED, {
    withoutKeys: true,
    edit: (d) => {
      // The second association: a ClientHello from another port, and its early data.
      const again = d.findIndex(
        (x) => x.payload[0] === 22 && x.source.port !== at(d, 0).source.port && x.payload[13] === 1,
      );
      const early = again + 1 + d.slice(again + 1).findIndex((x) => ((x.payload[0] ?? 0) & 0x23) === 0x21);
      return [...d.slice(0, early + 1), answeredBy(at(d, early), retry)];
    },
  });
  expect(finding('0rtt-rejected')?.explanation).toContain('answered with a HelloRetryRequest');
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

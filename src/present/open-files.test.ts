import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import { openFilesText } from './open-files.ts';

const X3 = 'openssl-loss-final-flight-x3';

test.each([
  [[`${X3}.client.pcap`], `${X3}.client.pcap`, '25 packets · 1 association'],
  [[`${X3}.client.pcap`, `${X3}.server.pcap`], X3, 'A client.pcap · B server.pcap · one association'],
  [
    [`${X3}.client.pcap`, 'openssl-loss-flight4.client.pcap', 'gnutls-nocookie.pcap'],
    `${X3}.client.pcap`,
    'and 2 more · 3 associations',
  ],
])('%o', async (files, name, more) => {
  const session = await openSession(...files);
  expect(openFilesText(session.trace())).toEqual({ name, more });
});

test('nothing open has no name', async () => {
  expect(openFilesText((await openSession()).trace())).toEqual({ name: '', more: '' });
});

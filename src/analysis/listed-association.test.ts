import { expect, test } from 'vitest';
import { openSession } from '../../test/open-session.ts';
import { Listing, listedTrace } from './listed-association.ts';

const CAPTURES = [
  'openssl-fail-unknown-ca.pcap',
  'openssl-loss-flight4.client.pcap',
  'openssl-assoc-nat-rebind-client.pcap',
] as const;

test.each(CAPTURES)('a row of %s says what its association says, and no more than a part of it', async (capture) => {
  const whole = (await openSession(capture)).trace();
  const listed = listedTrace(whole);
  expect(whole).toMatchObject(listed);
  expect(JSON.stringify(listed.associations).length).toBeLessThan(JSON.stringify(whole.associations).length / 3);
});

test('what is equal in several rows is copied once with a message', async () => {
  const [association] = (await openSession(CAPTURES[0])).trace().associations;
  if (!association) throw new Error('no association');
  const other = { ...structuredClone(association), id: 'a2', alerts: [] };
  const listing = new Listing();
  const [first, second] = structuredClone([listing.row(association), listing.row(other)]);
  expect(second?.handshakes).toBe(first?.handshakes);
  expect(second?.findings).toBe(first?.findings);
  expect(second?.alerts).not.toBe(first?.alerts);
  expect([first?.id, second?.id]).toEqual([association.id, 'a2']);
});

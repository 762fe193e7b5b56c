/** Connection IDs of DTLS 1.2 hide content types: without keys the first record of an epoch still is its Finished. */
import { expect, test } from 'vitest';
import { KNOWN } from './captures.ts';
import { detailsOf, openSession } from './open-session.ts';

const established = KNOWN.filter(
  (c) =>
    /cid/.test(c.file) &&
    c.version === 'DTLS 1.2' &&
    c.handshakesOk?.client?.every((ok) => ok) &&
    c.handshakesOk.server?.every((ok) => ok),
);

test('there are enough of them', () => expect(established.length).toBeGreaterThan(10));

test.each(established.map((c) => c.file))('%s: established, also without keys', async (file) => {
  const details = detailsOf(await openSession(file));
  expect(details.map((d) => d.association.outcome)).toContain('established');
  expect(details.flatMap((d) => d.association.findings).filter((f) => f.severity === 'failure')).toEqual([]);
});

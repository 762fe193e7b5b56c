import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { LEAST, type ShareChoices } from './choices.ts';
import { attemptRange, trims } from './trim.ts';

const LOSS = 'openssl-loss-final-flight-x3.client.pcap';
const choices = (more: Partial<ShareChoices> = {}): ShareChoices => ({
  ...LEAST,
  title: '',
  associations: null,
  notes: [],
  ...more,
});

async function lossDetail() {
  const [detail] = detailsOf(await openSession(LOSS));
  if (!detail) throw new Error('no association');
  return detail;
}

test('what can be left out comes in the order of what it costs the reader', async () => {
  const detail = await lossDetail();
  const offered = trims(choices({ applicationData: 'bodies' }), detail, 3);
  expect(offered.map(({ id }) => id)).toEqual(['data', 'attempt', 'certificates', 'association']);
  expect(
    offered.map(({ choices: c }) => [c.applicationData, c.timeRange !== null, c.certificates, c.associations]),
  ).toEqual([
    ['marks', false, 'kept', null],
    ['bodies', true, 'kept', ['a1']],
    ['bodies', false, 'digests', null],
    ['bodies', false, 'kept', ['a1']],
  ]);
});

test('what is left out already is not offered', async () => {
  const detail = await lossDetail();
  const least = choices({ associations: ['a1'], timeRange: { fromMs: 0, toMs: 1 }, certificates: 'digests' });
  expect(trims(least, detail, 3)).toEqual([]);
  expect(trims(choices(), null, 1).map(({ id }) => id)).toEqual(['certificates']);
});

test('the last attempt is kept with the flight before it, up to the end of the handshake', async () => {
  const detail = await lossDetail();
  const range = attemptRange(detail);
  // The fourth transmissions of flights 5 and 6.
  expect(range).toEqual({ fromMs: 7016.569, toMs: 7018.121 });
});

test('a handshake of a single attempt is no part of itself', async () => {
  const [detail] = detailsOf(await openSession('openssl-ecdhe-ecdsa-aes128-gcm.pcap'));
  if (!detail) throw new Error('no association');
  const range = attemptRange(detail);
  expect(range === null || range.fromMs > detail.association.startMs).toBe(true);
});

import { expect, test } from 'vitest';
import { addKeys, detailsOf, openSession } from '../../test/open-session.ts';
import { epochLanes } from './epoch-lanes.ts';
import { laneHit, laneWords, ribbonHit } from './lane-hit.ts';
import { stateRibbons } from './state-ribbons.ts';

const NAMES = { client: 'Client', server: 'Server' };

async function opened(keys = true) {
  const session = await openSession('openssl-loss-final-flight-x3.client.pcap');
  if (keys) addKeys(session, 'openssl-loss-final-flight-x3.keys');
  const [detail] = detailsOf(session);
  if (!detail) throw new Error('no association');
  const ribbons = stateRibbons(detail, 100, 700);
  const lanes = epochLanes(detail, { xOf: ribbons.xOf, x1: 700 });
  const hit = (lane: number, ms: number, px = 0) => {
    const one = lanes[lane];
    return one ? laneHit(detail, one, ribbons, ribbons.xOf(detail.association.startMs + ms) + px) : null;
  };
  return { detail, ribbons, lanes, hit };
}

test('a tick is its packet, a cross what did not come, and both lead to a record', async () => {
  const { hit } = await opened();
  expect(hit(0, 7618.972)).toMatchObject({ record: 27 });
  expect(hit(0, 7618.972)?.says).toContain('Packet 22 at 7\u202f618.972 ms: application data, record 1:4');
  expect(hit(1, 3013.178)).toEqual({ says: 'Record 0:8 (ChangeCipherSpec) did not come.', record: 19 });
  expect(hit(0, 3012.504)?.says).toMatch(/^Record 0:6 is of epoch 0 again/);
});

test('empty ground of a band says since when it is, and whether its keys are known', async () => {
  expect((await opened()).hit(0, 5000)).toEqual({ says: 'Epoch 1, written from 3.391 ms on.', record: null });
  expect((await opened(false)).hit(0, 5000)?.says).toMatch(/without keys: its records stay closed\.$/);
});

test('a state says flight, attempt, from when to when, and why', async () => {
  const { detail, ribbons } = await opened();
  expect(ribbonHit(detail, ribbons, 0, ribbons.xOf(5000), NAMES)?.says).toBe(
    'Client WAITING flight 5, attempt 3, from 3\u202f012.571 to 7\u202f016.569 ms: flight 5 sent',
  );
  expect(ribbonHit(detail, ribbons, 1, 20, NAMES)).toBeNull();
});

test('a lane as a whole says what is missing, and where it was not captured', async () => {
  const { lanes } = await opened();
  const said = lanes.map((lane) => laneWords(lane, NAMES));
  expect(said[1]).toBe('Client reads epoch 0, 1; missing 0:5–6, 1:0, 0:8, 0:10.');
  expect(said[2]).toBe('Server writes epoch 0, 1; seen from afar, so when it was is inferred.');
});

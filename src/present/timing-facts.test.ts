import { expect, test } from 'vitest';
import { detailsOf, openSession } from '../../test/open-session.ts';
import { endpointNames } from './capture-points.ts';
import { timerFacts, timingFacts, vantageFact } from './timing-facts.ts';

const NAMES = endpointNames({ rolesKnown: true }, false);

async function detailOf(file: string) {
  const [detail] = detailsOf(await openSession(file));
  if (!detail) throw new Error(`${file} has no association`);
  return detail;
}

test('a doubling timer names the stacks whose schedule fits', async () => {
  const { timers } = await detailOf('openssl-loss-final-flight-x3.client.pcap');
  const [client, ...others] = timerFacts(timers, NAMES);
  expect(client).toMatchObject({ name: 'Client timer', says: '1, 2, 4 s: OpenSSL, LibreSSL' });
  expect(client?.remarks.length).toBeGreaterThan(0);
  expect(others).toEqual([]);
});

test('time on timers is told of the side that had some', async () => {
  const { timing } = await detailOf('openssl-loss-final-flight-x3.client.pcap');
  const facts = timingFacts(timing, NAMES);
  expect(facts.map(({ name }) => name)).toEqual(['Handshake', 'On timers', 'Round trip']);
  expect(facts[1]?.says).toMatch(/^client 7\u202f013\.\d{3} ms$/);
});

test('a handshake that was never done has no duration', async () => {
  const { timing } = await detailOf('openssl-fail-server-silent.pcap');
  expect(timingFacts(timing, NAMES).map(({ name }) => name)).not.toContain('Handshake');
});

test('a timer with one sample, or that fits nobody, says so', () => {
  const timer = { initial: 0.2534, factor: null, samples: [], consistentWith: [], hints: [], remarks: [] };
  expect(timerFacts({ client: null, server: timer }, NAMES)).toEqual([
    { name: 'Server timer', says: '0.25 s: no stack that is known here', certainty: null, remarks: [] },
  ]);
  const many = { ...timer, samples: [1, 2, 4, 8, 16, 32, 60, 60] };
  expect(timerFacts({ client: many, server: null }, NAMES)[0]?.says).toMatch(/^1, 2, 4, 8, 16, 32 … s: /);
});

test('the place of the capture has its reason and its sign', () => {
  const reason = 'Nothing in the packets tells where they were captured.';
  expect(vantageFact({ position: 'unknown', certainty: 'inferred', reason })).toEqual({
    name: 'Captured',
    says: 'somewhere on the path',
    certainty: 'inferred',
    remarks: [reason],
  });
});

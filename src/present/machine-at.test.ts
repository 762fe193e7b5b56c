import { expect, test } from 'vitest';
import type { MachineStepView } from '../analysis/story.ts';
import { machinesAt } from './machine-at.ts';

const NAMES = { client: 'Client', server: 'Server' };

function step(timeMs: number, state: MachineStepView['state'], more: Partial<MachineStepView> = {}): MachineStepView {
  return {
    timeMs,
    state,
    packet: 1,
    record: 1,
    handshake: 1,
    flight: 1,
    attempt: 1,
    cause: 'sends flight 1',
    inferred: false,
    certainty: 'seen',
    stateless: false,
    violation: null,
    evidence: [],
    ...more,
  };
}

const CLIENT = [
  step(0, 'PREPARING'),
  step(0, 'SENDING'),
  step(1, 'WAITING', { cause: 'flight 1 sent' }),
  step(1002, 'SENDING', { attempt: 2, cause: 'timer expired' }),
  step(1002, 'WAITING', { attempt: 2 }),
];
const machines = { client: CLIENT, server: [], postHandshake: [] };

test('at the last step of a moment, with the edge that led there', () => {
  expect(machinesAt(machines, 0, NAMES)[0]).toMatchObject({ state: 'SENDING', edge: 'PS' });
  expect(machinesAt(machines, 500, NAMES)[0]).toMatchObject({ state: 'WAITING', edge: 'SW', cause: 'Flight 1 sent' });
});

test('a wait that a timer ended says how long the timer was', () => {
  expect(machinesAt(machines, 500, NAMES)[0]?.says).toBe('Client waits, timer 1\u2009001 ms');
  expect(machinesAt(machines, 5000, NAMES)[0]?.says).toBe('Client waits');
});

test('repeating the last flight is an edge from FINISHED to itself', () => {
  const server = [step(0, 'FINISHED', { flight: 6 }), step(9, 'SENDING', { flight: 6, attempt: 2 })];
  expect(machinesAt({ ...machines, server }, 9, NAMES)[1]).toMatchObject({ state: 'SENDING', edge: 'FF' });
});

test('an endpoint of which nothing is known has no state', () => {
  expect(machinesAt(machines, 500, NAMES)[1]).toMatchObject({ state: null, edge: null, says: 'Server: nothing yet' });
});

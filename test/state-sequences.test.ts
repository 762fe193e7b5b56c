/**
 * The states of both endpoints, against sequences written down by hand: from the figures of RFC 6347 §4.2.4 and
 * RFC 9147 §5.8.1, and from what the endpoints and the proxy logged. state-sequences.json says why for every step; none
 * of it came out of this program.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MachineStateName, MachineStepView } from '../src/analysis/story.ts';
import type { Sender } from '../src/analysis/trace.ts';
import { addKeys, detailsOf, openSession } from './open-session.ts';

interface Sequences {
  readonly file: string;
  /** What happens in it, for the title of its tests. */
  readonly about: string;
  /** Null where the sequence is told without keys. */
  readonly keys: string | null;
  /** 1 for the first association of the file. */
  readonly association: number;
  readonly client: readonly string[];
  readonly server: readonly string[];
  /** Where the logs and the figure leave another reading open. */
  readonly alternatives?: readonly {
    readonly of: Sender;
    readonly because: string;
    readonly steps: readonly string[];
  }[];
}

interface Step {
  readonly state: MachineStateName;
  readonly handshake: number;
  readonly flight: number;
  readonly attempt: number;
  /** Null where no packet shows it. */
  readonly packet: number | null;
  /** Null where it is not told. */
  readonly stateless: boolean | null;
}

const { captures }: { captures: readonly Sequences[] } = JSON.parse(
  readFileSync(new URL('state-sequences.json', import.meta.url), 'utf8'),
);

const STEP =
  /^(PREPARING|SENDING|WAITING|FINISHED|CLOSED|ABANDONED) flight (\d+) attempt (\d+)( of handshake (\d+))?( stateless| stateful)?( in packet (\d+))?: .{8,}$/;

function stepOf(text: string): Step {
  const [, state, flight, attempt, , handshake, stateless, , packet] = STEP.exec(text) ?? [];
  if (!state) throw new Error(`not a step: ${text}`);
  return {
    state: state as MachineStateName,
    handshake: Number(handshake ?? 1),
    flight: Number(flight),
    attempt: Number(attempt),
    packet: packet ? Number(packet) : null,
    stateless: stateless ? stateless === ' stateless' : null,
  };
}

/** A packet, or that a server is stateless, counts only where the expected step names it. */
function shown(step: Step, like: Step | undefined): string {
  const { state, handshake, flight, attempt, packet, stateless } = step;
  const words = [`${state} flight ${flight} attempt ${attempt} of handshake ${handshake}`];
  if (like && like.stateless !== null) words.push(stateless ? 'stateless' : 'stateful');
  if (like && like.packet !== null) words.push(`in packet ${packet ?? 'none'}`);
  return words.join(' ');
}

function compared(actual: readonly MachineStepView[], expected: readonly Step[]): [string[], string[]] {
  return [actual.map((step, i) => shown(step, expected[i])), expected.map((step) => shown(step, step))];
}

for (const capture of captures) {
  describe(`${capture.file}: ${capture.about}`, () => {
    test.each(['client', 'server'] as const)('the %s', async (of) => {
      const session = await openSession(capture.file);
      if (capture.keys) addKeys(session, capture.keys);
      const actual = detailsOf(session)[capture.association - 1]?.machines[of] ?? [];
      const told = [
        capture[of],
        ...(capture.alternatives ?? []).filter((other) => other.of === of).map(({ steps }) => steps),
      ].map((steps) => compared(actual, steps.map(stepOf)));
      const [is, should] = told.find((pair) => pair[0].join() === pair[1].join()) ?? told[0] ?? [];
      expect(is).toEqual(should);
    });
  });
}

/** The arrows of the two figures, and the two states that only an observer needs. */
const ARROWS: Readonly<Record<MachineStateName, readonly MachineStateName[]>> = {
  PREPARING: ['SENDING', 'CLOSED'],
  SENDING: ['WAITING', 'FINISHED', 'CLOSED'],
  WAITING: ['PREPARING', 'SENDING', 'FINISHED', 'CLOSED', 'ABANDONED'],
  FINISHED: ['PREPARING', 'SENDING', 'CLOSED'],
  CLOSED: [],
  ABANDONED: [],
};

test('at least a dozen captures are told, and by the arrows of the figures only', () => {
  expect(captures.length).toBeGreaterThanOrEqual(12);
  for (const capture of captures) {
    const told = [capture.client, capture.server, ...(capture.alternatives ?? []).map(({ steps }) => steps)];
    for (const steps of told) {
      const states = steps.map((step) => stepOf(step).state);
      for (const [i, state] of states.entries()) {
        const next = states[i + 1];
        if (next) expect(ARROWS[state], `${capture.file}: ${steps[i + 1]}`).toContain(next);
      }
    }
  }
});

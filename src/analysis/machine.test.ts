/** The reducer against the figures of RFC 6347 §4.2.4 and RFC 9147 §5.8.1, for any events in any order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, idle, type Machine, type MachineEvent, type MachineEventKind } from './machine.ts';
import type { MachineStateName, MachineStepView } from './story.ts';

type State = MachineStateName | null;

/** The arrows of the figures. An observer may come at any time, and sees how it ends. */
const ARROWS: Readonly<Record<'1.2' | '1.3', ReadonlyMap<State, readonly MachineStateName[]>>> = {
  '1.2': new Map<State, readonly MachineStateName[]>([
    [null, ['PREPARING', 'SENDING', 'WAITING', 'FINISHED', 'CLOSED']],
    ['PREPARING', ['SENDING', 'CLOSED']],
    ['SENDING', ['WAITING', 'FINISHED', 'CLOSED']],
    ['WAITING', ['PREPARING', 'SENDING', 'FINISHED', 'CLOSED', 'ABANDONED']],
    ['FINISHED', ['PREPARING', 'SENDING', 'CLOSED']],
  ]),
  '1.3': new Map<State, readonly MachineStateName[]>([
    [null, ['PREPARING', 'SENDING', 'WAITING', 'FINISHED', 'CLOSED']],
    ['PREPARING', ['SENDING', 'CLOSED']],
    ['SENDING', ['WAITING', 'CLOSED']],
    ['WAITING', ['PREPARING', 'SENDING', 'FINISHED', 'CLOSED', 'ABANDONED']],
    ['FINISHED', ['CLOSED']],
  ]),
};

const KINDS: readonly MachineEventKind[] = [
  'listen',
  'begin',
  'received',
  'received-part',
  'received-last',
  'timer',
  'read-retransmit',
  'ack-part',
  'ack-whole',
  'ack-last',
  'send',
  'sent',
  'sent-last',
  'acts-finished',
  'uses-new-keys',
  'declined',
  'close',
  'give-up',
];

const event = (kind: MachineEventKind, flight = 1, attempt = 1, more: Partial<MachineEvent> = {}): MachineEvent => ({
  kind,
  timeMs: 0,
  packet: null,
  record: null,
  handshake: 1,
  flight,
  attempt,
  stateless: false,
  cause: kind,
  certainty: 'seen',
  evidence: [],
  ...more,
});

function run(events: readonly MachineEvent[], isVersion13 = false): { machine: Machine; steps: MachineStepView[] } {
  const steps: MachineStepView[] = [];
  let machine = idle(isVersion13);
  for (const one of events) {
    const next = advance(machine, one);
    machine = next.machine;
    if (next.step) steps.push(next.step);
  }
  return { machine, steps };
}

const states = (events: readonly MachineEvent[], isVersion13 = false) =>
  run(events, isVersion13).steps.map((s) => `${s.state} ${s.flight}.${s.attempt}${s.violation ? ' !' : ''}`);

const events = fc.array(
  fc
    .record({
      kind: fc.constantFrom(...KINDS),
      flight: fc.integer({ min: 1, max: 4 }),
      attempt: fc.integer({ min: 1, max: 3 }),
      handshake: fc.integer({ min: 1, max: 2 }),
      stateless: fc.boolean(),
    })
    .map(({ kind, flight, attempt, handshake, stateless }) => event(kind, flight, attempt, { handshake, stateless })),
  { maxLength: 40 },
);

test('no arrow that the figure lacks is taken without saying which rule it breaks', () => {
  fc.assert(
    fc.property(events, fc.boolean(), (list, isVersion13) => {
      const arrows = ARROWS[isVersion13 ? '1.3' : '1.2'];
      let from: State = null;
      for (const { state, violation } of run(list, isVersion13).steps) {
        if (!arrows.get(from)?.includes(state)) expect(violation, `${from} → ${state}`).toMatch(/^[A-Z].*\.$/);
        from = state;
      }
    }),
    { numRuns: 2000 },
  );
});

test('every event is answered, by at most one step, which leads to where the machine then is', () => {
  fc.assert(
    fc.property(events, fc.boolean(), (list, isVersion13) => {
      let machine = idle(isVersion13);
      for (const one of list) {
        const before = { ...machine };
        const next = advance(machine, one);
        expect(machine).toEqual(before);
        if (next.step) expect(next.step).toMatchObject({ state: next.machine.state, flight: next.machine.flight });
        else expect(next.machine).toBe(machine);
        machine = next.machine;
      }
    }),
  );
});

describe('what the figures show', () => {
  const sent = (flight: number, attempt = 1) => [event('send', flight, attempt), event('sent', flight, attempt)];

  test('a client of DTLS 1.2, whose last flight but one is lost once', () => {
    const client = [event('begin'), ...sent(1), event('received', 3), ...sent(3), event('timer', 3, 2), ...sent(3, 2)];
    expect(states([...client, event('received-last', 3, 2)])).toEqual([
      'PREPARING 1.1',
      'SENDING 1.1',
      'WAITING 1.1',
      'PREPARING 3.1',
      'SENDING 3.1',
      'WAITING 3.1',
      'SENDING 3.2',
      'WAITING 3.2',
      'FINISHED 3.2',
    ]);
  });

  test('a server of DTLS 1.2 that repeats its last flight when it is asked for it', () => {
    const server = [event('listen', 0, 0), event('received', 2), ...sent(2), event('received', 4), event('send', 4)];
    const again = [event('read-retransmit', 4, 2), event('send', 4, 2), event('sent-last', 4, 2)];
    expect(states([...server, event('sent-last', 4), ...again]).slice(4)).toEqual([
      'PREPARING 4.1',
      'SENDING 4.1',
      'FINISHED 4.1',
      'SENDING 4.2',
      'FINISHED 4.2',
    ]);
  });

  test('parts of a flight are no reason to move (RFC 6347 §4.2.4)', () => {
    expect(states([event('begin'), ...sent(1), event('received-part', 1), event('received-part', 1)])).toHaveLength(3);
  });

  test('a client of DTLS 1.3 that repeats what an ACK did not name, and waits for the last ACK', () => {
    const client = [
      event('begin'),
      ...sent(1),
      event('received', 3),
      ...sent(3),
      event('ack-part', 3, 2),
      ...sent(3, 2),
    ];
    expect(states([...client, event('ack-whole', 3, 2), event('ack-last', 3, 2)], true).slice(-3)).toEqual([
      'SENDING 3.2',
      'WAITING 3.2',
      'FINISHED 3.2',
    ]);
  });

  test('a new handshake begins where one was finished, in DTLS 1.2 only', () => {
    const done = [event('begin'), ...sent(1), event('received-last')];
    const anew = event('begin', 1, 1, { handshake: 2 });
    expect(states([...done, anew]).at(-1)).toBe('PREPARING 1.1');
    expect(run([...done, anew], true).steps.at(-1)?.violation).toContain('RFC 9147');
    expect(run([event('begin'), ...sent(1), anew]).steps.at(-1)?.violation).toContain('not finished');
  });
});

describe('what they do not show says so', () => {
  const waiting = [event('begin', 3), event('send', 3), event('sent', 3)];
  const finished = [...waiting, event('received-last', 3)];
  test.each<[string, readonly MachineEvent[], RegExp]>([
    ['a flight sent without an answer to the one before', [...waiting, event('send', 5)], /without having received/],
    ['a repeat that nothing asked for', [...waiting, event('send', 3, 2)], /its timer cannot have expired/],
    ['a step back', [...waiting, event('timer', 1, 2)], /repeats flight 1 although it had come to flight 3/],
    ['a timer after the end', [...finished, event('timer', 3, 2)], /whoever has finished has no timer/],
    ['an ACK in DTLS 1.2', [...waiting, event('ack-part', 3, 2)], /Only DTLS 1\.3 has ACKs/],
    ['a repeat after closing', [...waiting, event('close', 3), event('timer', 3, 2)], /although it had closed/],
    ['a repeat after giving up', [...waiting, event('give-up', 3), event('timer', 3, 2)], /although it had given up/],
    ['keys of an update too early', [...waiting, event('uses-new-keys', 3)], /before its KeyUpdate was acknowledged/],
    [
      'a timer without state',
      [
        event('listen', 0, 0),
        event('received', 2),
        event('send', 2),
        event('sent', 2, 1, { stateless: true }),
        event('timer', 2, 2),
      ],
      /without state has no timer/,
    ],
  ])('%s', (_, list, says) => {
    const { steps } = run(list);
    expect(steps.slice(0, -1).map((s) => s.violation)).toEqual(steps.slice(0, -1).map(() => null));
    expect(steps.at(-1)?.violation).toMatch(says);
  });
});

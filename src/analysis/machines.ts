/** The retransmission state machines of both endpoints over time. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { advance, idle, type Machine, type MachineEvent, type MachineEventKind } from './machine.ts';
import { closeEvent, closingOf, givingUp } from './machine-closing.ts';
import { handshakeEvents } from './machine-events.ts';
import { type Scene, scenesOf } from './machine-scene.ts';
import { postHandshakeMachines } from './post-handshake-machines.ts';
import type { Fates } from './reception.ts';
import type { Side } from './record-table.ts';
import type { MachineStepView, MachinesView } from './story.ts';
import { timersOf } from './timers.ts';

export function machinesOf(trace: AnalysedTrace, association: AnalysedAssociation, fates: Fates): MachinesView {
  const [client, server] = scenesOf(trace, association, fates);
  return {
    client: stepsOf(client),
    server: stepsOf(server),
    postHandshake: postHandshakeMachines([client, server]),
  };
}

function stepsOf(scene: Scene): MachineStepView[] {
  const { trace, association, side } = scene;
  const run = new Run(association.state.isVersion13);
  const closing = closingOf(scene);
  for (const event of handshakeEvents(scene)) {
    // What it does after closing is shown after it, and is then against the rules.
    if (closing && closing.timeMs < event.timeMs) run.close(scene, closing);
    if (!run.closed || !RECEPTIONS.has(event.kind)) run.take(event);
  }
  if (closing) run.close(scene, closing);
  else {
    const silent = givingUp(scene, run.steps, () => timersOf(trace, association)[nameOf(side)]);
    if (silent) run.take(silent);
  }
  return run.steps;
}

/** What is only inferred does not follow a closing. */
const RECEPTIONS: ReadonlySet<MachineEventKind> = new Set(['received-last', 'ack-last', 'acts-finished', 'declined']);

const nameOf = (side: Side) => (side === 0 ? 'client' : 'server');

/** A machine, and the steps that it has taken. */
class Run {
  readonly steps: MachineStepView[] = [];
  #machine: Machine;
  closed = false;

  constructor(isVersion13: boolean) {
    this.#machine = idle(isVersion13);
  }

  take(event: MachineEvent): void {
    const { machine, step } = advance(this.#machine, event);
    this.#machine = machine;
    if (step) this.steps.push(step);
  }

  close(scene: Scene, closing: NonNullable<ReturnType<typeof closingOf>>): void {
    if (this.closed || this.#machine.state === null) return;
    this.closed = true;
    this.take(closeEvent(scene, closing, this.#machine));
  }
}

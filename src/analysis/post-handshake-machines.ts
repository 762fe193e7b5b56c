/**
 * The machines of what is written after the handshake of DTLS 1.3, one for each flight (RFC 9147 §5.8.4): sent, waiting,
 * and done when all of it was acknowledged or answered.
 */
import { HANDSHAKE_TYPE } from '../dtls/registry.ts';
import { peerOf } from './acknowledged.ts';
import { startOf } from './answers.ts';
import { greatest } from './extremes.ts';
import { advance, idle, type MachineEvent } from './machine.ts';
import { againOf, sendingOf } from './machine-events.ts';
import { event, type Place, type Scene, sendsOf } from './machine-scene.ts';
import { acknowledgementsOf } from './reception.ts';
import { SENDERS } from './record-table.ts';
import type { MachineStepView, PostHandshakeMachineView } from './story.ts';
import type { SentFlight } from './transmissions.ts';

export function postHandshakeMachines(scenes: readonly Scene[]): PostHandshakeMachineView[] {
  return scenes
    .flatMap((scene) =>
      scene.association.handshakes.flatMap(({ flights, state }) =>
        flights
          .filter((f) => f.postHandshake && f.side === scene.side)
          .map(
            (flight): PostHandshakeMachineView => ({
              sender: SENDERS[flight.side] ?? 'client',
              message: [...new Set(flight.parts.map((p) => p.name))].join(', '),
              flight: flight.number,
              steps: stepsOf(eventsOf(scene, state.number, flight, flights)),
            }),
          ),
      ),
    )
    .sort((a, b) => (a.steps[0]?.timeMs ?? 0) - (b.steps[0]?.timeMs ?? 0) || a.flight - b.flight);
}

function stepsOf(events: readonly MachineEvent[]): MachineStepView[] {
  const steps: MachineStepView[] = [];
  let machine = idle(true);
  for (const one of events.toSorted((a, b) => a.timeMs - b.timeMs)) {
    const next = advance(machine, one);
    machine = next.machine;
    if (next.step) steps.push(next.step);
  }
  return steps;
}

function eventsOf(scene: Scene, handshake: number, flight: SentFlight, flights: readonly SentFlight[]): MachineEvent[] {
  const { trace, association } = scene;
  const sends = sendsOf(scene, [flight]);
  const [first] = sends;
  const last = sends.at(-1);
  if (!first || !last) return [];
  const placeOf = (attempt: number): Place => ({ handshake, flight: flight.number, attempt, stateless: false });
  const events: MachineEvent[] = [];
  for (const [i, send] of sends.entries()) {
    const place = placeOf(send.transmission.number);
    const record = send.transmission.units[0]?.record ?? null;
    events.push(
      i === 0
        ? event(trace, place, {
            kind: 'begin',
            timeMs: send.startMs,
            record,
            cause: `prepares flight ${flight.number}`,
            certainty: 'seen',
          })
        : againOf(scene, place, send, undefined),
      ...sendingOf(scene, place, send, sends[i + 1], false),
    );
  }
  const place = placeOf(last.transmission.number);
  const ack = acknowledgementsOf(trace, association, flight).afterAsking(last.startMs);
  const done = ack
    ? event(trace, place, { kind: 'ack-last', ...ack, cause: `ACK of flight ${flight.number}` })
    : answerTo(scene, place, flight, flights, last.startMs);
  const early = newKeys(scene, flight, done?.timeMs ?? Number.POSITIVE_INFINITY);
  if (early !== null)
    events.push(
      event(trace, place, {
        kind: 'uses-new-keys',
        timeMs: trace.timeMs(early),
        record: early,
        cause: 'writes under its new keys',
        certainty: 'near-certain',
      }),
    );
  return done ? [...events, done] : events;
}

/** What asks for an answer is acknowledged by it (RFC 9147 §7.1). */
const ANSWERED_BY: ReadonlyMap<number, number> = new Map([
  [HANDSHAKE_TYPE.requestConnectionId, HANDSHAKE_TYPE.newConnectionId],
  [HANDSHAKE_TYPE.certificateRequest, HANDSHAKE_TYPE.certificate],
]);

function answerTo(
  { trace }: Scene,
  place: Place,
  flight: SentFlight,
  flights: readonly SentFlight[],
  afterMs: number,
): MachineEvent | null {
  const wanted = flight.parts.map((p) => ANSWERED_BY.get(p.message?.type ?? -1)).find((type) => type !== undefined);
  if (wanted === undefined) return null;
  const answer = flights
    .filter((f) => f.postHandshake && f.side === peerOf(flight.side))
    .find((f) => f.parts.some((p) => p.message?.type === wanted) && f.transmissions.some((t) => startOf(t) >= afterMs));
  const unit = answer?.transmissions.find((t) => startOf(t) >= afterMs)?.units[0];
  if (!answer || !unit) return null;
  const { timeMs, record } = unit;
  const cause = `received flight ${answer.number}`;
  return event(trace, place, { kind: 'received-last', timeMs, record, cause, certainty: 'near-certain' });
}

/** The first record under the keys of a KeyUpdate that was written before its ACK came (RFC 9147 §8); null for none. */
function newKeys({ trace, association: { state } }: Scene, flight: SentFlight, doneMs: number): number | null {
  const update = flight.parts.find((p) => p.message?.type === HANDSHAKE_TYPE.keyUpdate)?.message;
  if (!update) return null;
  const c = trace.records.columns;
  const sent = greatest(flight.transmissions[0]?.units.map((u) => u.record) ?? []);
  const first = state.records.find(
    (r) => r > sent && c.side[r] === flight.side && (c.epoch[r] ?? 0) > update.epoch && trace.timeMs(r) < doneMs,
  );
  return first ?? null;
}

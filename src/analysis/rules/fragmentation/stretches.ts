/**
 * Which datagrams of a side got through and which did not. Three ways to know: what is missing before the capture point,
 * what came to nothing after it, and what one of two capture points lacks. They are kept apart, for each tells of another
 * stretch of the path.
 */
import { type Effect, effectsOf } from '../../effects.ts';
import { surroundingsOf } from '../../flight-setting.ts';
import { lacksOf } from '../../lacks.ts';
import { placesOf } from '../../places.ts';
import { MARK, type Side } from '../../record-table.ts';
import type { SentFlight, Transmission } from '../../transmissions.ts';
import type { Subject } from '../subject.ts';
import { datagramsOf, type LostSize, type Sized, type Stretch } from './datagram-sizes.ts';
import { missingBefore } from './missing-before.ts';

export function stretches(subject: Subject, side: Side): readonly Stretch[] {
  if (subject.atTwoPoints) return [between(subject, side)];
  return [missingBefore(subject, side), after(subject, side)];
}

/** Two capture points: what left one and never came to the other. */
function between(subject: Subject, side: Side): Stretch {
  const { trace, analysed } = subject;
  const places = placesOf(analysed);
  const c = trace.records.columns;
  const own = analysed.state.records.filter((r) => c.side[r] === side && c.mark[r] !== MARK.duplicate);
  const passed: Sized[] = [];
  const lost: LostSize[] = [];
  for (const sized of datagramsOf(subject, own)) {
    const { transit } = subject.datagram(sized.record);
    if (!transit || transit.sentNs === null || transit.altered) continue;
    if (transit.arrivedNs !== null) passed.push(sized);
    else if (transit.proven) {
      const transmission = places.get(sized.record)?.transmission ?? null;
      lost.push({ ...sized, how: 'this', among: 1, transmission });
    }
  }
  return { side, where: 'between', passed, lost, smallestLost: null, neverSeen: null };
}

/** What the other side's answers and ACKs say of what was captured. */
function after(subject: Subject, side: Side): Stretch {
  const { trace, analysed } = subject;
  const effects = effectsOf(trace, analysed);
  if (![...effects.values()].some(showsLoss)) return nothing(side);
  const { named } = surroundingsOf(trace, analysed);
  const passed: Sized[] = [];
  const lost: LostSize[] = [];
  for (const { flight, transmission } of analysed.handshakes.flatMap((h) => sentBy(h.flights, side))) {
    const effect = effects.get(transmission);
    const datagrams = datagramsOf(
      subject,
      transmission.units.map((u) => u.record),
    );
    switch (effect?.kind) {
      case 'answered':
      case 'acknowledged':
      case 'accepted':
        if (effect.by === null) break;
        // The rest of it got through as well, and this capture does not show how large it was.
        if (!subject.is13 && lacksOf(flight, transmission.units).length > 0) return nothing(side);
        for (const sized of datagrams) passed.push(sized);
        break;
      case 'missed-in-part': {
        const gone = new Set(effect.part.lost.map((u) => u.record));
        const came = transmission.units.filter((u) => named.has(u.record)).map((u) => u.record);
        for (const sized of datagramsOf(subject, came)) passed.push(sized);
        const arrived = new Set(came.map((r) => trace.records.columns.datagram.get(r)));
        for (const sized of datagrams)
          if (gone.has(sized.record) && !arrived.has(trace.records.columns.datagram.get(sized.record)))
            lost.push({ ...sized, how: 'this', among: 1, transmission });
        break;
      }
      case 'missed':
        if (!effect.answerHidden) lost.push(oneOf(transmission, datagrams));
        break;
      case 'unaccepted':
        if (!effect.sealed) lost.push(oneOf(transmission, datagrams));
        break;
      default:
    }
  }
  return { ...nothing(side), passed, lost };
}

const showsLoss = ({ kind }: Effect): boolean =>
  kind === 'missed-in-part' || kind === 'missed' || kind === 'unaccepted';

const nothing = (side: Side): Stretch => ({
  side,
  where: 'after',
  passed: [],
  lost: [],
  smallestLost: null,
  neverSeen: null,
});

function sentBy(flights: readonly SentFlight[], side: Side) {
  return flights
    .filter((f) => f.side === side)
    .flatMap((flight) => flight.transmissions.map((transmission) => ({ flight, transmission })));
}

function oneOf(transmission: Transmission, datagrams: readonly Sized[]): LostSize {
  const most = datagrams.reduce((x, y) => (y.bytes > x.bytes ? y : x), datagrams[0] ?? { record: 0, bytes: 0 });
  return {
    ...most,
    how: datagrams.length === 1 ? 'this' : 'one-of',
    among: datagrams.length,
    transmission,
  };
}

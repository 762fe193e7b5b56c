/** What became of every transmission, as its answer or the lack of one shows. */
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { startOf } from './answers.ts';
import { type Effect, effectsOf } from './effects.ts';
import { CLOSED_HANDSHAKE } from './flight-parts.ts';
import { canBeLostAfter, isTracked } from './losses-after.ts';
import { overlookedIn } from './losses-between.ts';
import { transitOf } from './rare-traits.ts';
import { SENDERS, type Side } from './record-table.ts';
import type { FateView, LossView, VantageView } from './story.ts';
import type { Transmission } from './transmissions.ts';

/** Silence this long tells: no timer in use is longer for a first repeat but few. */
const SILENCE_MS = 1000;

export function fatesOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  vantage: VantageView,
  _losses: readonly LossView[],
): ReadonlyMap<Transmission, FateView> {
  const c = trace.records.columns;
  const effects = effectsOf(trace, association);
  const endMs = trace.records.count > 0 ? trace.timeMs(trace.records.count - 1) : 0;
  const fates = new Map<Transmission, FateView>();
  for (const { side, transmissions } of association.handshakes.flatMap((h) => h.flights)) {
    for (const transmission of transmissions) {
      const silent = endMs - startOf(transmission) >= SILENCE_MS;
      const fate = isTracked(trace, transmission.units)
        ? trackedFate(trace, transmission, overlookedIn(trace, association))
        : fateBy(effects.get(transmission), side, vantage, silent);
      // Which transmission a closed record belongs to is a guess.
      const guessed = transmission.units.some(
        (u) => Number.isNaN(c.sequenceNumber.get(u.record)) || u.pieces.some((p) => p.part.name === CLOSED_HANDSHAKE),
      );
      fates.set(transmission, guessed ? { ...fate, certainty: 'inferred' } : fate);
    }
  }
  return fates;
}

/** Two capture points: what left one and reached the other, or did not. */
function trackedFate(trace: AnalysedTrace, { units }: Transmission, overlooked: ReadonlySet<number>): FateView {
  const transits = units.map(({ record }) => ({ record, transit: transitOf(trace, record) }));
  const altered = transits.filter((t) => t.transit?.altered).map((t) => t.record);
  if (altered.length > 0)
    return fate('damaged', 'seen', 'It reached the other capture point with other bytes.', altered);
  const absent = transits.filter((t) => t.transit?.arrivedNs === null);
  const lost = absent.filter((t) => !overlooked.has(t.record));
  if (lost.length === 0 && absent.length > 0) {
    const by = absent.map((t) => t.record);
    return fate(
      'delivered',
      'inferred',
      'Its receiver went on; what the other capture lacks of it was missed there.',
      by,
    );
  }
  if (lost.length === 0)
    return fate(
      'delivered',
      'seen',
      'It was captured at the other capture point too.',
      units.map((u) => u.record),
    );
  const proven = lost.some((t) => t.transit?.proven);
  const whole = lost.length === units.length ? 'It' : `${lost.length} of its ${units.length} records`;
  return fate(
    'lost-between',
    proven ? 'seen' : 'inferred',
    `${whole} never came to the other capture point${proven ? '' : ', which may not have been recording then'}.`,
    lost.map((t) => t.record),
  );
}

function fate(
  kind: FateView['fate'],
  certainty: FateView['certainty'],
  reason: string,
  by: readonly number[],
): FateView {
  return { fate: kind, certainty, reason, evidence: [...new Set(by)].map((r) => r + 1) };
}

function fateBy(effect: Effect | undefined, side: Side, vantage: VantageView, silent: boolean): FateView {
  const peer = SENDERS[side === 0 ? 1 : 0] ?? 'server';
  switch (effect?.kind) {
    case 'acknowledged':
      return fate('delivered', 'near-certain', `The ${peer} acknowledged all its records.`, [effect.by]);
    case 'answered':
      return fate('delivered', 'near-certain', `The ${peer} answered it.`, [effect.by]);
    case 'accepted':
      if (effect.by !== null)
        return fate('delivered', 'near-certain', `The ${peer} went on under the new keys.`, [effect.by]);
      return silent
        ? fate('delivered', 'inferred', `The ${peer} did not ask for it again.`, [])
        : fate('unknown', 'inferred', 'The capture ends before anything tells what became of it.', []);
    case 'answer-lost':
      return effect.sure
        ? fate('delivered', 'inferred', `The ${peer} had answered before; that answer is missing here.`, [effect.by])
        : fate('unknown', 'inferred', `It or an answer to it was lost: records of the ${peer} are missing.`, [
            effect.by,
          ]);
    case 'in-part':
      return fate(
        'lost-before-capture',
        'near-certain',
        'Not all of it reached this capture.',
        effect.gaps.flatMap((g) => [...(g.before === null ? [] : [g.before]), g.after]),
      );
    case 'damaged':
      return damagedFate(effect.damage);
    case 'refused':
      return fate('delivered', 'inferred', `The ${peer} refused it.`, [effect.by]);
    case 'missed':
    case 'missed-in-part':
    case 'unaccepted':
      return missedFate(effect, peer, canBeLostAfter(side, vantage));
    case 'unanswered':
      return effect.repeated || silent
        ? fate('lost-or-rejected', 'inferred', `The ${peer} sent nothing in return.`, [])
        : fate('unknown', 'inferred', 'The capture ends before anything tells what became of it.', []);
    case 'needless':
      return fate('unknown', 'inferred', `The ${peer} had gone on already; nothing tells whether this came too.`, [
        effect.by,
      ]);
    case 'doubtful':
      return fate(
        'unknown',
        'inferred',
        'Nothing tells whether the answer is to this transmission or to another.',
        effect.by,
      );
    default:
      return fate('unknown', 'inferred', 'Nothing in this capture tells what became of it.', []);
  }
}

type Missed = Extract<Effect, { readonly kind: 'missed' | 'missed-in-part' | 'unaccepted' }>;

/** @param reachable false where the capture is at the receiver: then it came, and was thrown away. */
function missedFate(effect: Missed, peer: string, reachable: boolean): FateView {
  const by = effect.kind === 'missed-in-part' ? effect.part.acks : effect.by;
  if (!reachable)
    return fate(
      'lost-or-rejected',
      'inferred',
      `It had no effect: the ${peer} went on only after a later one, or never.`,
      by,
    );
  if (effect.kind === 'missed-in-part') {
    const { lost, arrived } = effect.part;
    const named = arrived.map((u) => u.record + 1).join(', ');
    return fate(
      'lost-after-capture',
      'near-certain',
      arrived.length === 0
        ? `The ${peer} could open nothing of it: the ServerHello did not arrive.`
        : `The ${peer} acknowledged only record${arrived.length === 1 ? '' : 's'} ${named}; ${lost.length} had to be sent again.`,
      by,
    );
  }
  if (effect.kind === 'missed' && effect.answerHidden)
    return fate(
      'lost-or-rejected',
      'inferred',
      'It was sent again before an answer came: it or its answer was lost.',
      by,
    );
  if (effect.kind === 'missed')
    return fate('lost-after-capture', 'inferred', `The ${peer} went on only after it was sent again.`, by);
  return effect.sealed
    ? fate('lost-or-rejected', 'inferred', `The ${peer} kept asking for it: it did not arrive, or was thrown away.`, by)
    : fate(
        'lost-after-capture',
        'inferred',
        `The ${peer} kept sending its own flight again, as if it had not come.`,
        by,
      );
}

function damagedFate({ how, records }: Extract<Effect, { readonly kind: 'damaged' }>['damage']): FateView {
  switch (how) {
    case 'unauthentic':
      return fate(
        'damaged',
        'near-certain',
        'A record of it fails authentication under keys that open others.',
        records,
      );
    case 'cut':
      return fate('damaged', 'seen', 'Its datagram ends before the record does.', records);
    case 'differs':
      return fate('damaged', 'inferred', 'Its bytes are not those of the other transmissions.', records);
  }
}

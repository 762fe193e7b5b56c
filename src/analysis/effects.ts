/**
 * What a captured transmission brought about: an answer, a new asking, or nothing. Told from what both sides sent
 * next, wherever the capture was taken (RFC 6347 §4.2.4, RFC 9147 §5.8); what follows from it for losses and fates
 * depends on the capture point, and is decided there.
 */
import { type AckedPart, partAcknowledged } from './ack-evidence.ts';
import type { AnalysedAssociation, AnalysedTrace } from './analyse.ts';
import { type Damage, damageOf } from './damage.ts';
import { earlierAnswer } from './earlier-answer.ts';
import { gapsAround, hidesNumbers, mayBeRejected, outOfOrder } from './effect-shape.ts';
import {
  type Acked,
  ackedSending,
  alertIn,
  answeredIndex,
  askAfter,
  burstOf,
  isPrompt,
  took,
  unnamedBefore,
  waited,
} from './effect-times.ts';
import {
  acknowledgedBy,
  type Moment,
  type Setting,
  type Surroundings,
  settingOf,
  surroundingsOf,
} from './flight-setting.ts';
import type { Gap } from './gaps.ts';
import { Recall } from './recall.ts';
import { rewrittenIn, withRewritten } from './sendings.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export type Effect =
  /** The peer went on because of it, or named all its records in ACKs. */
  | { readonly kind: 'answered' | 'acknowledged'; readonly by: number }
  /** The flight that ends the handshake: nothing answers it, and the peer did not ask for it again. */
  | { readonly kind: 'accepted'; readonly by: number | null }
  /**
   * It came to nothing, and a later one did: it was lost, or (`answerHidden`) its answer was. `firm` is false where
   * the receiver's own host may have dropped it.
   */
  | { readonly kind: 'missed'; readonly answerHidden: boolean; readonly firm: boolean; readonly by: readonly number[] }
  /** ACKs name only part of it, and the sender sent the rest again. */
  | { readonly kind: 'missed-in-part'; readonly part: AckedPart }
  /** The peer asks for it again and never goes on: it does not arrive, or (`sealed`) may be thrown away. */
  | { readonly kind: 'unaccepted'; readonly sealed: boolean; readonly by: readonly number[] }
  /** Its answer was sent and is not in this capture. `sure` is false where the gap may have held something else. */
  | { readonly kind: 'answer-lost'; readonly sure: boolean; readonly by: number }
  /** Not all of it is in the capture. */
  | { readonly kind: 'in-part'; readonly gaps: readonly Gap[] }
  | { readonly kind: 'damaged'; readonly damage: Damage }
  | { readonly kind: 'refused'; readonly by: number }
  /** The peer sent nothing since that tells. */
  | { readonly kind: 'unanswered'; readonly repeated: boolean }
  /** It was sent after its answer had begun to come. */
  | { readonly kind: 'needless'; readonly by: number }
  /** Late, out of order, or answered slowly: nothing tells which transmission was the one that counted. */
  | { readonly kind: 'doubtful'; readonly by: readonly number[] };

export type Effects = ReadonlyMap<Transmission, Effect>;

/** A busy receiver may find both in its socket: an answer later than this proves no loss on one host. */
const FIRM_SHARE = 0.03;
const FIRM_MS = 5;
const BUSY_MS = 100;
/** An alert later than this is a giving up rather than an answer. */
const REFUSES_MS = 1000;

interface Told {
  readonly effects: Map<Transmission, Effect>;
  /** Each flight with all its sendings. */
  readonly sendings: Map<SentFlight, SentFlight>;
}

const told = new Recall<AnalysedAssociation['handshakes'], Told>();

export function effectsOf(trace: AnalysedTrace, association: AnalysedAssociation): Effects {
  return tell(trace, association).effects;
}

/** The flight with what its sender wrote again under the same numbers: those sendings have effects too. */
export function sendingsOf(trace: AnalysedTrace, association: AnalysedAssociation, flight: SentFlight): SentFlight {
  return tell(trace, association).sendings.get(flight) ?? flight;
}

function tell(trace: AnalysedTrace, association: AnalysedAssociation): Told {
  const before = told.get(association.handshakes);
  if (before) return before;
  const effects = new Map<Transmission, Effect>();
  const sendings = new Map<SentFlight, SentFlight>();
  const all: Told = { effects, sendings };
  told.set(association.handshakes, all);
  const around = surroundingsOf(trace, association);
  const rewritten = rewrittenIn(trace, association);
  for (const handshake of association.handshakes) {
    const flights = handshake.flights.map((flight) => withRewritten(trace, flight, rewritten));
    for (const [i, flight] of handshake.flights.entries()) sendings.set(flight, flights[i] ?? flight);
    for (const [i, flight] of flights.entries()) {
      const setting = settingOf(handshake, flights, i, flight, around);
      const answered = answeredIndex(setting);
      const burst = burstOf(setting, answered);
      const acked = setting.version13 ? ackedSending(setting, around) : null;
      for (const [at, transmission] of flight.transmissions.entries())
        effects.set(transmission, effectOf(setting, at, transmission, { answered, burst, acked }, around));
    }
  }
  return all;
}

/** What the peer did about the flight: which transmission it went on after, with those in a row before, or named whole. */
interface Outcome {
  readonly answered: number;
  readonly burst: number;
  readonly acked: Acked | null;
}

function effectOf(
  setting: Setting,
  i: number,
  sent: Transmission,
  { answered, burst, acked }: Outcome,
  around: Surroundings,
): Effect {
  const { flight, starts, ends, progress, isLast } = setting;
  const acknowledged = acknowledgedBy(sent, around.named);
  if (acknowledged !== null) return { kind: 'acknowledged', by: acknowledged };
  const damage = damageOf(sent, i === answered, flight, around);
  if (damage) return { kind: 'damaged', damage };
  const part = setting.version13 ? partAcknowledged(flight, i, setting.roundTripMs, around) : null;
  // Records that came before those they need, or under other keys, are thrown away and not acknowledged.
  const opened = progress !== null || part?.arrived.length === 0 || part?.arrived.some((u) => u.epoch > 0);
  if (part && part.lost.length > 0 && opened && !outOfOrder(sent, around)) return { kind: 'missed-in-part', part };
  const gaps = gapsAround(setting, sent, around);
  if (gaps !== null && i !== answered) return { kind: 'in-part', gaps };
  if (acked && unnamedBefore(setting, i, acked, around))
    return { kind: 'missed', answerHidden: false, firm: true, by: [acked.by.record] };
  if (progress && !isLast) {
    if (i === answered) return { kind: 'answered', by: progress.record };
    return i > answered ? { kind: 'needless', by: progress.record } : beforeAnswer(setting, i, burst, around);
  }
  const ask = askAfter(setting, i);
  if (isLast) return effectOfLast(setting, i, sent, answered, ask, around);
  if (ask && setting.asksAnswer) return { kind: 'refused', by: ask.record };
  if (ask && hidesNumbers(sent, around)) return { kind: 'doubtful', by: [ask.record] };
  if (ask) return { kind: 'unaccepted', sealed: mayBeRejected(setting, around), by: [ask.record] };
  const alert = alertIn(
    setting,
    starts[i] ?? 0,
    Math.min(starts[i + 1] ?? Number.POSITIVE_INFINITY, (ends[i] ?? 0) + REFUSES_MS),
    around,
  );
  if (alert !== null) return { kind: 'refused', by: alert };
  return { kind: 'unanswered', repeated: i < starts.length - 1 };
}

/** Nothing answers the last flight: who has not received it asks again, and who has goes on. */
function effectOfLast(
  { starts, ends, progress }: Setting,
  i: number,
  sent: Transmission,
  answered: number,
  ask: Moment | null,
  around: Surroundings,
): Effect {
  if (progress && i === answered) return { kind: 'accepted', by: progress.record };
  if (progress && i > answered) return { kind: 'needless', by: progress.record };
  if (ask === null) {
    if (progress) return { kind: 'doubtful', by: [progress.record] };
    return i > 0 ? { kind: 'unanswered', repeated: i < starts.length - 1 } : { kind: 'accepted', by: null };
  }
  // A busy receiver with a short timer asks though it has it in its socket.
  if (ask.timeMs - (ends[i] ?? 0) < BUSY_MS || outOfOrder(sent, around)) return { kind: 'doubtful', by: [ask.record] };
  return progress || i < starts.length - 1
    ? { kind: 'missed', answerHidden: false, firm: true, by: [ask.record] }
    : { kind: 'unaccepted', sealed: true, by: [ask.record] };
}

/** A later transmission was answered: what became of this one. */
function beforeAnswer(setting: Setting, i: number, burst: number, around: Surroundings): Effect {
  const { flight, progress, asksAnswer } = setting;
  const by = progress ? [progress.record] : [];
  // Whether all of it is here cannot be told where numbers are hidden.
  if (hidesNumbers(flight.transmissions[i], around)) return { kind: 'doubtful', by };
  if (i >= burst || outOfOrder(flight.transmissions[i], around)) return { kind: 'doubtful', by };
  const prompt = isPrompt(setting, burst);
  const ask = askAfter(setting, i);
  if (ask && asksAnswer) return { kind: 'refused', by: ask.record };
  const answer = earlierAnswer(setting, i, around);
  const repeat = flight.transmissions[i + 1]?.units[0]?.record;
  const shown = [...(ask ? [ask.record] : []), ...(repeat === undefined ? [] : [repeat]), ...by];
  // A server that has just asked for the cookie may still be setting up its socket.
  const firm = took(setting, burst) <= Math.max(FIRM_SHARE * waited(setting, burst), FIRM_MS) && !asksAnswer;
  // Whoever asks again has not gone on: it did not have it then. A late answer may be one to a delayed transmission,
  // unless the answer before it is what is missing.
  if (ask && (prompt || answer === 'sent' || answer === 'gap'))
    return { kind: 'missed', answerHidden: false, firm, by: shown };
  if (!prompt || answer === 'overtaken') return { kind: 'doubtful', by };
  if (answer === 'sent' || answer === 'gap')
    return { kind: 'answer-lost', sure: answer === 'sent' && burst === 1, by: progress?.record ?? 0 };
  return { kind: 'missed', answerHidden: answer === 'hidden', firm, by: shown };
}

/** Losses before the capture point: numbers that are missing, and messages that must have been sent. */
import type { AnalysedAssociation, AnalysedHandshake, AnalysedTrace } from './analyse.ts';
import { surroundingsOf } from './flight-setting.ts';
import { contentsOf } from './gap-contents.ts';
import type { Gap } from './gaps.ts';
import { SENDERS, type Side } from './record-table.ts';
import type { LossView, VantageView } from './story.ts';

/** Numbers of one gap that are listed. */
const MAX_LISTED = 1000;

export function lossesBefore(trace: AnalysedTrace, association: AnalysedAssociation, vantage: VantageView): LossView[] {
  const { gaps } = surroundingsOf(trace, association);
  const missing = gaps.flatMap((gap) => lossOf(trace, association, vantage, gap) ?? []);
  const unseen = association.handshakes.flatMap((h) =>
    ([0, 1] as const).flatMap((side) => unseenBefore(trace, h, side)),
  );
  return [...missing, ...unseen];
}

/** Null for a part of a transmission that its receiver had: the capture has a hole there, and nothing was lost. */
function lossOf(
  trace: AnalysedTrace,
  association: AnalysedAssociation,
  vantage: VantageView,
  gap: Gap,
): LossView | null {
  const { side, epoch, from, to, before, after } = gap;
  const count = to - from + 1;
  const { messages, handshake, flight, transmission, received } = contentsOf(trace, association, gap);
  if (received && transmission !== null) return null;
  const sender = SENDERS[side] ?? 'client';
  // The capture may have been started after the first of these was sent.
  const atStart = before === null && epoch === 0 && gap.after === association.state.records[0];
  return {
    sender,
    epoch,
    sequenceNumbers: Array.from({ length: Math.min(count, MAX_LISTED) }, (_, i) => from + i),
    messages,
    where: 'before-capture',
    inferred: true,
    certainty: atStart ? 'inferred' : 'near-certain',
    packets: [],
    records: [],
    timeMs: trace.timeMs(after),
    handshake,
    flight,
    transmission,
    reason: `${numbersText(from, to)} of the ${sender} in epoch ${epoch} ${count === 1 ? 'is' : 'are'} not in this capture, though a later one is: ${whyMissing(sender, received, atStart, vantage)}.`,
    evidence: [...(before === null ? [] : [before + 1]), after + 1],
  };
}

function numbersText(from: number, to: number): string {
  return from === to ? `Record ${from}` : `Records ${from} to ${to}`;
}

function whyMissing(sender: string, received: boolean, atStart: boolean, { position }: VantageView): string {
  const peer = sender === 'client' ? 'server' : 'client';
  if (received) return `the ${peer} went on as if it had it, so only the capture missed it`;
  if (position === sender || position === 'both')
    return 'the capture missed it, or it was never written to the network';
  return atStart
    ? 'lost on the way here, or sent before the capture began'
    : `lost between the ${sender} and the capture`;
}

/** Messages that must have been sent, of which nothing was captured and no number tells. */
function unseenBefore(trace: AnalysedTrace, handshake: AnalysedHandshake, side: Side): LossView[] {
  const { state } = handshake;
  if (!state.serverHello || !state.clientHello) return [];
  return side === 1
    ? [...unseenRequest(trace, handshake), ...unseenKeys(trace, handshake, 1)]
    : unseenKeys(trace, handshake, 0);
}

/** The server's ServerHello was not its first message: a request for a cookie came before (RFC 6347 §4.2.2). */
function unseenRequest(trace: AnalysedTrace, { state, flights }: AnalysedHandshake): LossView[] {
  const hello = flights.find((f) => f.side === 1 && f.parts.some((p) => p.name === 'ServerHello'));
  const first = hello?.parts.find((p) => p.name === 'ServerHello');
  const [begins] = flights;
  const requested = flights.some((f) => f.side === 1 && f.number < (hello?.number ?? 0));
  const from = first?.occurrences[0]?.record;
  if (first?.message?.messageSeq !== 1 || requested || from === undefined || begins?.number !== 1) return [];
  const name = state.isVersion13 ? 'HelloRetryRequest' : 'HelloVerifyRequest';
  const reason = `The ServerHello is the second message of the server, so it had sent a ${name}, which this capture does not have.`;
  // Numbers of flights that do not count it leave no number for it.
  const flight = (hello?.number ?? 0) - 2;
  return [unseen(trace, state.number, 1, 0, [name], from, flight > 0 ? flight : null, reason)];
}

/**
 * In DTLS 1.2 a sender that writes in the new epoch has sent its ChangeCipherSpec, and a client that does so in a full
 * handshake its ClientKeyExchange (RFC 5246 §7.3).
 */
function unseenKeys(trace: AnalysedTrace, { state, flights }: AnalysedHandshake, side: Side): LossView[] {
  if (state.isVersion13) return [];
  const own = flights.filter((f) => f.side === side);
  const parts = own.flatMap((f) => f.parts);
  const finished = parts.find((p) => p.name === 'Finished')?.occurrences[0]?.record;
  if (finished === undefined || trace.records.columns.epoch[finished] !== state.number) return [];
  const has = (name: string) => parts.some((p) => p.name === name);
  const full = flights.some((f) => f.side === 1 && f.parts.some((p) => p.name === 'ServerHelloDone'));
  const messages = [
    ...(side === 0 && full && !has('ClientKeyExchange') ? ['ClientKeyExchange'] : []),
    ...(has('ChangeCipherSpec') ? [] : ['ChangeCipherSpec']),
  ];
  if (messages.length === 0) return [];
  const flight = own.find((f) => f.parts.some((p) => p.name === 'Finished'))?.number ?? null;
  const reason = `The ${SENDERS[side]} wrote its Finished, so it had sent ${messages.join(' and ')}, which this capture does not have.`;
  return [unseen(trace, state.number, side, state.number - 1, messages, finished, flight, reason)];
}

function unseen(
  trace: AnalysedTrace,
  handshake: number,
  side: Side,
  epoch: number,
  messages: readonly string[],
  shownBy: number,
  flight: number | null,
  reason: string,
): LossView {
  return {
    sender: SENDERS[side] ?? 'client',
    epoch,
    sequenceNumbers: [],
    messages,
    where: 'before-capture',
    inferred: true,
    certainty: 'near-certain',
    packets: [],
    records: [],
    timeMs: trace.timeMs(shownBy),
    handshake,
    flight,
    transmission: null,
    reason,
    evidence: [shownBy + 1],
  };
}

/**
 * What one leg of a proxied run can show of what the proxy did, and how much of it was found there. The terms are
 * defined in scripts/loss-truth.mjs; the numbers in comments here are those of its list.
 */
import type { AssociationDetail, FlightView, RecordView, TransmissionView } from '../src/analysis/trace.ts';
import type { Leg, LegDatagram, LegName, Proxied, Run } from './proxy-runs.ts';

export type Cause = 'lost' | 'damaged' | 'late';

const CAUSES: Readonly<Record<string, Cause>> = {
  drop: 'lost',
  corrupt: 'damaged',
  truncate: 'damaged',
  patch: 'damaged',
  hold: 'late',
  delay: 'late',
  explode: 'late',
};

export interface Shown {
  readonly what: string;
  /** Of the proxy. */
  readonly action: string;
  readonly found: boolean;
}

export interface Judged {
  readonly run: string;
  readonly leg: LegName;
  /** What this leg can show, and whether a loss tells of it. */
  readonly showable: readonly Shown[];
  /** Losses that contradict the proxy; `late` where the datagram came, but after its time. */
  readonly wrong: readonly { readonly what: string; readonly late: boolean }[];
}

type Loss = AssociationDetail['losses'][number];

const TIMER_MS = 40;
const CROSSING_MS = 20;
const PROMPT = 0.25;
/** Who has received the last flight may still ask for it this long, being busy. */
const BUSY_MS = 100;
const ACK_LAG_MS = 5;

export function judge(run: Run, leg: LegName): Judged {
  const here = run.legs[leg];
  const truth = new Truth(run, leg);
  const showable = truth.unfortunate.flatMap((p) => {
    const cause = truth.causeOf(p);
    if (!cause || cause === 'late') return [];
    const shown = p.from === leg ? shownNear(p, here, truth) : cause === 'lost' && shownFar(p, here, truth);
    return shown ? [{ what: nameOf(p), action: p.action, found: isFound(p, here, leg) }] : [];
  });
  const wrong = here.details
    .flatMap((d) => d.losses.map((loss) => ({ loss, association: here.details.indexOf(d) })))
    .flatMap(({ loss, association }) => {
      const verdict = truth.verdictOn(loss, association);
      return verdict === 'right' ? [] : [{ what: lossName(loss), late: verdict === 'late' }];
    });
  return { run: run.name, leg, showable, wrong };
}

/** What the proxy and the other leg know. */
class Truth {
  readonly run: Run;
  readonly leg: LegName;
  /** Datagrams that did not come as they were sent, of both senders. */
  readonly unfortunate: readonly Proxied[];
  readonly #causes = new Map<LegDatagram, Cause>();
  readonly #sent: ReadonlySet<string>;

  constructor(run: Run, leg: LegName) {
    this.run = run;
    this.leg = leg;
    const early = (['client', 'server'] as const).flatMap((from) => neverArrived(run, from));
    this.unfortunate = [...run.proxied.filter((p) => CAUSES[p.action] !== undefined), ...early];
    for (const p of this.unfortunate) {
      const cause = this.causeOf(p);
      if (p.sent && cause) this.#causes.set(p.sent, cause);
    }
    this.#sent = new Set(
      [...run.proxied, ...early].flatMap((p) => p.numbers.map(([epoch, number]) => `${p.from} ${epoch} ${number}`)),
    );
  }

  causeOf({ action }: Proxied): Cause | undefined {
    return action === 'never arrived' ? 'lost' : CAUSES[action];
  }

  /** What became of a datagram of this leg's own sender. */
  of(datagram: LegDatagram | undefined): Cause | undefined {
    return datagram && this.#causes.get(datagram);
  }

  wasSent(sender: LegName, epoch: number, number: number): boolean {
    return this.#sent.has(`${sender} ${epoch} ${number}`);
  }

  verdictOn(loss: Loss, association: number): 'right' | 'late' | 'wrong' {
    if (loss.where === 'before-capture') {
      const sent = loss.sequenceNumbers.every(
        (n) => this.wasSent(loss.sender, loss.epoch, n) || this.#hasNumber(loss.sender, loss.epoch, n),
      );
      return sent ? 'right' : 'wrong';
    }
    if (loss.sender !== this.leg) return 'wrong';
    const { details, datagrams } = this.run.legs[this.leg];
    // Which datagram of a transmission was lost is not known: the loss is of some of it.
    const sent = details[association]?.association.handshakes
      .find((h) => h.number === loss.handshake)
      ?.flights.find((f) => f.number === loss.flight)
      ?.transmissions.find((t) => t.number === loss.transmission);
    const packets = loss.certainty === 'inferred' ? (sent?.packets ?? loss.packets) : loss.packets;
    const own = datagrams.filter((d) => packets.includes(d.packet));
    const causes = own.map((d) => this.of(d)).filter((c) => c !== undefined);
    if (causes.some((c) => c !== 'late')) return 'right';
    if (loss.where === 'unknown' && this.#answerLost(association)) return 'right';
    return causes.length > 0 ? 'late' : 'wrong';
  }

  /** Captured on the sender's own leg, if not noted by the proxy. */
  #hasNumber(sender: LegName, epoch: number, number: number): boolean {
    return this.run.legs[sender].datagrams.some((d) =>
      d.records.some((r) => r.sender === sender && r.epoch === epoch && r.sequenceNumber === number),
    );
  }

  #answerLost(association: number): boolean {
    return this.unfortunate.some(
      (p) =>
        p.from !== this.leg &&
        this.causeOf(p) === 'lost' &&
        associationOf(this.run.legs[p.from], p.sent) === association,
    );
  }
}

/** Datagrams of a leg that the proxy did not note: sent before it was up. */
function neverArrived({ legs, proxied, logged }: Run, from: LegName): Proxied[] {
  const noted = new Set(proxied.map((p) => p.sent));
  const own = legs[from].datagrams.filter((d) => d.sender === from);
  const first = own.findIndex((d) => noted.has(d));
  return (logged && first > 0 ? own.slice(0, first) : []).map((sent) => ({
    from,
    n: 0,
    action: 'never arrived',
    sent,
    numbers: sent.records.flatMap((r) => (r.sequenceNumber === null ? [] : [[r.epoch, r.sequenceNumber] as const])),
  }));
}

function associationOf(leg: Leg, datagram: LegDatagram | null): number {
  const record = datagram?.records[0]?.record;
  return leg.details.findIndex((d) => d.records.some((r) => r.record === record));
}

/** 1. */
function shownFar(p: Proxied, here: Leg, { run }: Truth): boolean {
  if (isRequest(p.sent)) return resentHello(here, p) !== null;
  const association = associationOf(run.legs[p.from], p.sent);
  const records = (here.details[association] ?? here.details[0])?.records ?? [];
  return p.numbers.some(([epoch, number]) =>
    records.some((r) => r.sender === p.from && r.epoch === epoch && (r.sequenceNumber ?? -1) > number && !isCopy(r)),
  );
}

const names = (record: RecordView): string[] =>
  record.contents.flatMap((c) => (c.kind === 'handshake' ? [c.name] : []));
const isCopy = (record: RecordView): boolean =>
  names(record).some((n) => n === 'HelloVerifyRequest' || n === 'HelloRetryRequest') ||
  record.reason === 'authentication-failed';
const isRequest = (datagram: LegDatagram | null): boolean => datagram?.records.some(isCopy) ?? false;

/** The first ClientHello that the lost request answered, if it was sent again and a request came then. */
function resentHello(here: Leg, { sent }: Proxied): { flight: FlightView; index: number } | null {
  const number = sent?.records[0]?.sequenceNumber ?? null;
  for (const { association, records } of here.details) {
    for (const { flights } of association.handshakes) {
      const flight = flights.find(
        (f) => f.messages.includes('ClientHello') && flights.some((a) => a.number === f.number + 1),
      );
      const answer = flights.find((f) => f.number === (flight?.number ?? 0) + 1);
      if (!flight || !answer?.messages.some((m) => /Request$/.test(m))) continue;
      const numbers = flight.transmissions.map((t) => records.find((r) => r.record === t.records[0])?.sequenceNumber);
      const copied = numbers.indexOf(number);
      const index = copied < 0 || number === 0 ? 0 : copied;
      const [asked, again] = [flight.transmissions[index], flight.transmissions[index + 1]];
      if (asked && again && again.startMs - asked.endMs >= TIMER_MS && isAnsweredPromptly(flight, answer))
        return { flight, index };
    }
  }
  return null;
}

function isAnsweredPromptly(flight: FlightView, answer: FlightView): boolean {
  const at = Math.min(...answer.transmissions.map((t) => t.startMs));
  const before = flight.transmissions.filter((t) => t.startMs <= at);
  const [previous, last] = before.slice(-2);
  return previous !== undefined && last !== undefined && at - last.endMs <= PROMPT * (last.startMs - previous.startMs);
}

interface Sending {
  readonly detail: AssociationDetail;
  readonly flights: readonly FlightView[];
  readonly flight: FlightView;
  readonly transmission: TransmissionView;
  readonly handshake: number;
}

function sendingOf(here: Leg, datagram: LegDatagram): Sending | null {
  for (const record of datagram.records) {
    for (const detail of here.details) {
      if (!detail.records.some((r) => r.record === record.record)) continue;
      const handshake = detail.association.handshakes.find((h) => h.number === record.handshake);
      const flight = handshake?.flights.find((f) => f.number === record.flight);
      const transmission = flight?.transmissions.find((t) => t.number === record.transmission);
      if (handshake && flight && transmission)
        return { detail, flights: handshake.flights, flight, transmission, handshake: handshake.number };
    }
  }
  return null;
}

/** 2 and 3. */
function shownNear(p: Proxied, here: Leg, truth: Truth): boolean {
  if (!p.sent) return false;
  const sending = sendingOf(here, p.sent);
  if (!sending) return isRepeatedDespite(p.sent, here);
  const { detail, flight, transmission } = sending;
  if (isUnnamed(p.sent, sending) || isPassedOver(sending, truth)) return true;
  // 1.3 repeats parts of a flight; of 1.2 a part that is missing tells that the capture lacks it.
  const hidden = detail.records.some((r) => transmission.records.includes(r.record) && r.sequenceNumber === null);
  if (hidden || !(transmission.complete || detail.association.version === 'DTLS 1.3')) return false;
  const starts = startsOf(sending);
  const index = starts.findIndex((t) => t.startMs === transmission.startMs);
  const asked = isAsked(sending, starts[index + 1]);
  const answer = answerOf(sending);
  if (answer === null) return asked && (cannotBeRejected(sending) || (isLast(sending) && index < starts.length - 1));
  const before = starts.filter((t) => t.startMs <= answer);
  let burst = before.length - 1;
  while (burst > 0 && (before[burst]?.startMs ?? 0) - (before[burst - 1]?.endMs ?? 0) < TIMER_MS) burst--;
  if (isLast(sending)) return asked && index < before.length - 1;
  if (index >= burst) return false;
  const wait = (before[burst]?.startMs ?? 0) - (before[burst - 1]?.startMs ?? 0);
  const prompt = answer - (before[burst]?.endMs ?? 0) <= PROMPT * wait;
  const first = isFirstAnswer(sending, truth);
  if (asked) return prompt || !first;
  const afterRequest = sending.flights.some(
    (f) => f.number === flight.number - 1 && f.messages.some((m) => /VerifyRequest/.test(m)),
  );
  return prompt && first && !(afterRequest && onlyEvidence(sending));
}

/** When the flight was sent, also under the same record numbers, which count as duplicates. */
function startsOf({ detail, flight }: Sending): { startMs: number; endMs: number }[] {
  const own = new Set(flight.transmissions.flatMap((t) => t.records));
  const again = detail.records.filter((r) => r.duplicateOrigin === 'reused-number' && own.has(r.repeats ?? 0));
  return [...flight.transmissions, ...again.map((r) => ({ startMs: r.timeMs, endMs: r.timeMs }))].sort(
    (a, b) => a.startMs - b.startMs,
  );
}

/** Nothing else was lost in this association that tells where the capture is. */
function onlyEvidence({ detail }: Sending): boolean {
  return detail.vantage.position === 'both';
}

/** The other side sent its flight before again, after this one and not just then. */
function isAsked(sending: Sending, next: { readonly endMs: number } | undefined): boolean {
  const { flights, flight, transmission } = sending;
  const asking = flights.find((f) => f.number === flight.number - 1);
  if (!asking || asking.messages.some((m) => /VerifyRequest|RetryRequest/.test(m))) return false;
  const until = (next?.endMs ?? Number.POSITIVE_INFINITY) + CROSSING_MS;
  const after = isLast(sending) ? BUSY_MS : CROSSING_MS;
  return asking.transmissions.slice(1).some((t) => t.startMs > transmission.endMs + after && t.startMs <= until);
}

/** The flight that nothing answers: the server's in a full handshake, the client's where it was resumed. */
function isLast({ detail, flight, handshake }: Pick<Sending, 'detail' | 'flight' | 'handshake'>): boolean {
  if (flight.messages.every((m) => m === 'ACK')) return true;
  const kind = detail.association.handshakes.find((h) => h.number === handshake)?.kind ?? '';
  const closing = flight.messages.some((m) => m === 'Finished' || m === 'ChangeCipherSpec');
  return closing && !kind.startsWith('1.3') && flight.sender === (kind.startsWith('resumed') ? 'client' : 'server');
}

function cannotBeRejected({ flight }: Sending): boolean {
  return (
    flight.messages.includes('ServerHello') || (flight.number === 2 && flight.messages.includes('HelloVerifyRequest'))
  );
}

/** When the other side went on; of the last flight, when it used the new epoch. Null for never. */
function answerOf(sending: Sending): number | null {
  const { detail, flights, flight, handshake } = sending;
  const later = flights.filter((f) => f.number > flight.number && f.sender !== flight.sender);
  const starts = later.flatMap((f) => f.transmissions.map((t) => t.startMs));
  const acting =
    isLast(sending) && detail.association.version !== 'DTLS 1.3'
      ? detail.records.filter(
          (r) =>
            r.sender !== flight.sender &&
            r.flight === null &&
            r.epoch >= handshake &&
            r.timeMs >= (flight.transmissions[0]?.startMs ?? 0),
        )
      : [];
  const all = [...starts, ...acting.map((r) => r.timeMs)];
  return all.length > 0 ? Math.min(...all) : null;
}

/** What this leg has of the answer first is of the first time it was sent, as the leg of its sender knows. */
function isFirstAnswer({ detail, flights, flight }: Sending, { run, leg }: Truth): boolean {
  const next = flights.find((f) => f.number > flight.number && f.sender !== flight.sender);
  if (!next || next.messages.some((m) => /VerifyRequest|RetryRequest/.test(m))) return true;
  const there = run.legs[leg === 'client' ? 'server' : 'client'];
  const other = there.details[run.legs[leg].details.indexOf(detail)] ?? there.details[0];
  const mine = next.transmissions.flatMap((t) => t.records);
  const earliest = detail.records.find((r) => mine.includes(r.record));
  const sent = other?.records.find(
    (r) => r.sender === earliest?.sender && r.epoch === earliest.epoch && r.sequenceNumber === earliest.sequenceNumber,
  );
  return sent?.transmission === 1;
}

/** d: the first ACK of the flight names a later transmission whole and nothing of this one, and none was lost before. */
function isPassedOver({ detail, flight, transmission }: Sending, { unfortunate, leg }: Truth): boolean {
  const acks = detail.records.filter((r) => r.sender !== flight.sender && acknowledgedIn(r).length > 0);
  const named = new Set(acks.flatMap(acknowledgedIn));
  const later = flight.transmissions.find(
    (t) => t.startMs - transmission.startMs >= TIMER_MS && t.records.every((r) => named.has(r)),
  );
  if (!later || transmission.records.some((r) => named.has(r))) return false;
  const ack = acks.find((r) => acknowledgedIn(r).some((n) => later.records.includes(n)));
  const lost = unfortunate.filter((p) => p.from !== leg && p.sent?.records.some((r) => r.epoch === ack?.epoch));
  // On the leg of its sender it has a time of its own: any that lies between by its number counts.
  return !lost.some((p) =>
    p.numbers.some(([, n]) => n < (ack?.sequenceNumber ?? 0) && n > lastBefore(detail, ack, transmission)),
  );
}

/** The last number of the ACK's sender and epoch that came before the transmission. */
function lastBefore(
  { records }: AssociationDetail,
  ack: RecordView | undefined,
  { startMs }: TransmissionView,
): number {
  const before = records.filter((r) => r.sender === ack?.sender && r.epoch === ack?.epoch && r.timeMs < startMs);
  return Math.max(-1, ...before.map((r) => r.sequenceNumber ?? -1));
}

const acknowledgedIn = (record: RecordView): number[] =>
  record.contents.flatMap((c) => (c.kind === 'ack' ? c.acknowledged.flatMap((a) => a.record ?? []) : []));

/**
 * c: an ACK names others of its transmission and never this one, which was sent before those or well before the ACK;
 * or an empty ACK in the clear asks for the ServerHello. It was sent again.
 */
function isUnnamed(datagram: LegDatagram, { detail, flight, transmission }: Sending): boolean {
  const acks = detail.records.filter((r) => r.sender !== flight.sender && r.contents.some((c) => c.kind === 'ack'));
  const own = datagram.records.filter((r) => r.transmission === transmission.number && r.flight === flight.number);
  const again = new Set(flight.transmissions.slice(transmission.number).flatMap((t) => t.records));
  const repeated = own.every((r) => detail.records.some((a) => again.has(a.record) && sharesBytes(r, a)));
  if (own.length === 0 || !repeated) return false;
  const next = flight.transmissions[transmission.number]?.startMs ?? Number.POSITIVE_INFINITY;
  const empty = acks.some(
    (a) => a.epoch === 0 && acknowledgedIn(a).length === 0 && a.timeMs >= transmission.startMs && a.timeMs <= next,
  );
  const named = new Set(acks.flatMap(acknowledgedIn));
  const others = transmission.records.filter((r) => named.has(r));
  if (others.length === 0) return empty && own.every((r) => r.epoch === 0);
  const ackMs = Math.max(...acks.filter((a) => a.timeMs <= next).map((a) => a.timeMs));
  return own.every(
    (r) => !named.has(r.record) && r.epoch > 0 && (others.some((o) => o > r.record) || ackMs - r.timeMs >= ACK_LAG_MS),
  );
}

function sharesBytes(a: RecordView, b: RecordView): boolean {
  return a.contents.some((x) =>
    b.contents.some((y) => x.kind === 'handshake' && y.kind === 'handshake' && x.messageSeq === y.messageSeq),
  );
}

/** 3: what an ACK names whole was sent again after it. */
function isRepeatedDespite(datagram: LegDatagram, here: Leg): boolean {
  const acknowledged = datagram.records.flatMap(acknowledgedIn);
  if (acknowledged.length === 0) return false;
  return here.details.some(({ association }) =>
    association.handshakes
      .flatMap((h) => h.flights)
      .some((f) =>
        f.transmissions.some((t, i) => {
          const next = f.transmissions[i + 1];
          const named = t.records.every((r) => acknowledged.includes(r));
          return (
            next !== undefined && named && next.startMs > datagram.timeMs + CROSSING_MS && t.startMs <= datagram.timeMs
          );
        }),
      ),
  );
}

function isFound(p: Proxied, here: Leg, leg: LegName): boolean {
  const losses = here.details.flatMap((d) => d.losses);
  if (p.from === leg)
    return losses.some((l) => l.where !== 'before-capture' && p.sent !== null && l.packets.includes(p.sent.packet));
  if (isRequest(p.sent)) {
    const hello = resentHello(here, p);
    const records = hello?.flight.transmissions[hello.index]?.records ?? [];
    return losses.some((l) => l.where !== 'before-capture' && l.records.some((r) => records.includes(r)));
  }
  return losses.some(
    (l) =>
      l.where === 'before-capture' &&
      l.sender === p.from &&
      p.numbers.some(([epoch, number]) => l.epoch === epoch && l.sequenceNumbers.includes(number)),
  );
}

function nameOf(p: Proxied): string {
  const records = (p.sent?.records ?? []).map((r) => `${r.epoch}:${r.sequenceNumber} ${names(r).join('+')}`);
  return `${p.from} ${p.n} ${p.action} ${records.join(', ') || p.numbers.map((n) => n.join(':')).join(' ')}`;
}

const lossName = (l: Loss): string =>
  `${l.where} ${l.sender} epoch ${l.epoch} [${l.sequenceNumbers.join()}] ${l.messages.join('+')}`;

/** Whether marks agree with what the proxy doubled, delayed or damaged on the way to this leg. */
export function judgeMarks(run: Run, leg: LegName): { showable: readonly Shown[]; wrong: readonly string[] } {
  const far: LegName = leg === 'client' ? 'server' : 'client';
  const all = run.legs[leg].details.flatMap((d) => d.records);
  const records = all.filter((r) => r.sender === far);
  const explained = new Set<string>();
  const showable = run.proxied.flatMap((p): Shown[] => {
    if (p.from !== far || p.action === 'pass' || p.action === 'drop') return [];
    for (const number of p.numbers) explained.add(number.join(':'));
    const copies = p.numbers.map(([epoch, number]) =>
      records.filter((r) => r.epoch === epoch && r.sequenceNumber === number),
    );
    const marks = marksOf(p, copies, records);
    return marks === null ? [] : [{ what: nameOf(p), action: p.action, found: marks }];
  });
  const wrong = all
    .filter((r) => r.mark === 'reordered' || (r.mark === 'duplicate' && r.duplicateOrigin !== 'reused-number'))
    .filter((r) => r.sender !== far || !explained.has(`${r.epoch}:${r.sequenceNumber}`))
    .map((r) => `record ${r.record} ${r.mark}`);
  return { showable, wrong };
}

/** Null where this leg cannot show it: a copy that is not here, a delay that changed no order. */
function marksOf(p: Proxied, copies: readonly RecordView[][], records: readonly RecordView[]): boolean | null {
  if (p.action === 'dup') {
    const twice = copies.filter((c) => c.length > 1 && c[0]?.state === c[1]?.state && sameAssociation(c));
    return twice.length === 0 ? null : twice.every((c) => c.slice(1).every((r) => r.mark === 'duplicate'));
  }
  if (CAUSES[p.action] === 'late') {
    const late = copies.flat().filter((r) => r.mark !== 'duplicate' && wasOvertaken(r, records));
    return late.length === 0 ? null : late.every((r) => r.mark === 'reordered' || r.mark === 'retransmission');
  }
  if (p.action !== 'corrupt' && p.action !== 'truncate') return null;
  const damaged = copies.flat().filter((r) => r.state === 'malformed' || r.epoch > 0);
  return damaged.length === 0
    ? null
    : damaged.some((r) => r.state === 'malformed' || r.reason === 'authentication-failed' || r.reason === 'no-key');
}

const wasOvertaken = (record: RecordView, records: readonly RecordView[]): boolean =>
  records.some(
    (r) =>
      r.record < record.record &&
      r.epoch === record.epoch &&
      (r.sequenceNumber ?? -1) > (record.sequenceNumber ?? 0) &&
      !isCopy(r),
  );

/** Of two handshakes in a row, records may have the same numbers. */
const sameAssociation = (copies: readonly RecordView[]): boolean =>
  new Set(copies.map((r) => `${r.length} ${JSON.stringify(r.contents)}`)).size === 1;

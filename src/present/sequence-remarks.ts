/** What stands muted at the receiver's end: what a record did there, as far as the analysis knows. */
import type { AssociationDetail, RecordView, Sender } from '../analysis/trace.ts';

const FINISHED = 20;
const UNDER_WAY = 'ACK under way';
const NOT_HEEDED = 'though an ACK named it';
/** Remarks that say nothing of a row unless all its records have them. */
export const OF_ALL: ReadonlySet<string> = new Set([UNDER_WAY, NOT_HEEDED]);
const OTHER: Readonly<Record<Sender, Sender>> = { client: 'server', server: 'client' };

/** By record. */
export function remarksOf(detail: AssociationDetail): ReadonlyMap<number, string> {
  const names = detail.association.rolesKnown ? { client: 'client', server: 'server' } : { client: 'A', server: 'B' };
  return new Map([
    ...acknowledgedRepeats(detail),
    ...finishedEarly(detail, names),
    ...finishes(detail, names),
    ...moves(detail),
  ]);
}

type Names = Readonly<Record<Sender, string>>;
type Remarks = [record: number, remark: string][];

/** The record with which the other side was done. */
function finishes({ machines, records }: AssociationDetail, names: Names): Remarks {
  const senders = new Map(records.map((one) => [one.record, one.sender]));
  return (['client', 'server'] as const).flatMap((side) =>
    machines[side].flatMap(({ state, record }, i): Remarks => {
      const news = state === 'FINISHED' && machines[side][i - 1]?.state !== 'FINISHED';
      return news && record !== null && senders.get(record) === OTHER[side]
        ? [[record, `${names[side]} FINISHED`]]
        : [];
    }),
  );
}

/**
 * DTLS 1.2: a Finished without its ChangeCipherSpec can do nothing (RFC 5246 §7.1), and the ChangeCipherSpec that comes
 * after all lets the receiver finish.
 */
function finishedEarly({ association, records, losses }: AssociationDetail, names: Names): Remarks {
  const byRecord = new Map(records.map((one) => [one.record, one]));
  const lost = new Set(
    losses.filter((l) => l.messages.includes('ChangeCipherSpec')).map((l) => `${l.handshake}.${l.flight}`),
  );
  const gone = new Set(losses.flatMap((loss) => loss.records));
  return association.handshakes.flatMap(({ number: handshake, flights }) =>
    flights.flatMap(({ number, messages, sender, transmissions }): Remarks => {
      if (!messages.includes('ChangeCipherSpec') && !lost.has(`${handshake}.${number}`)) return [];
      const came = transmissions.flatMap((one) => one.records).filter((record) => !gone.has(record));
      const inOrder = came.flatMap((record) => byRecord.get(record) ?? []).sort((a, b) => a.record - b.record);
      const changed = inOrder.findIndex((one) => one.contents.some(({ kind }) => kind === 'changeCipherSpec'));
      const early = inOrder.slice(0, changed < 0 ? inOrder.length : changed).filter(isFinished);
      const change = inOrder[changed];
      // Where only the capture missed it, nothing is known of the order.
      if (!change && !lost.has(`${handshake}.${number}`)) return [];
      const remarks: Remarks = early.map(({ record }) => [record, 'before its ChangeCipherSpec']);
      if (change && early.length > 0)
        remarks.push([change.record, `record ${change.sequenceNumber}: ${names[OTHER[sender]]} can finish`]);
      return remarks;
    }),
  );
}

function isFinished({ contents, epoch }: RecordView): boolean {
  return epoch > 0 && contents.some((one) => one.kind === 'handshake' && one.type === FINISHED);
}

/** A repeat of what an ACK had already named: the two crossed on the way, or the sender does not heed it. */
function acknowledgedRepeats({ records, timing }: AssociationDetail): Remarks {
  const named = new Map<number, number>();
  const remarks: Remarks = [];
  for (const { record, sender, contents, repeats, mark, timeMs } of records) {
    for (const content of contents)
      if (content.kind === 'ack')
        for (const one of content.acknowledged)
          if (one.record !== null && !named.has(one.record)) named.set(one.record, timeMs);
    const namedMs = repeats === null || mark !== 'retransmission' ? undefined : named.get(repeats);
    if (namedMs === undefined) continue;
    const trip = Math.max(timing.roundTripMs[sender] ?? 0, timing.roundTripMs[OTHER[sender]] ?? 0);
    remarks.push([record, timeMs - namedMs <= trip ? UNDER_WAY : NOT_HEEDED]);
  }
  return remarks;
}

/** The first record from another address or port (RFC 9146 §6). */
function moves({ association, records }: AssociationDetail): Remarks {
  return association.addressChanges.flatMap(({ packet, timeMs, endpoint, from, to }): Remarks => {
    const first = records.find(
      (one) => one.packet === packet && one.sender === endpoint && one.timeMs >= timeMs - 1e-6,
    );
    if (!first) return [];
    return [
      [first.record, from.address === to.address ? `now from port ${to.port}` : `now from ${to.address}:${to.port}`],
    ];
  });
}

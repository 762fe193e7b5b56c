/**
 * Reads all datagrams of a trace, in order of time, into records and associations. The first of the two steps of
 * the analysis: here everything is taken in and opened; flights, fates and outcomes are inferred afterwards.
 */
import { uint16 } from '../capture/big-endian.ts';
import type { Datagram, Route } from '../capture/datagram.ts';
import { type DatagramList, inTime } from '../capture/datagram-list.ts';
import { firstByteKind } from '../capture/demultiplex.ts';
import {
  CONTENT_TYPE,
  type DtlsRecord,
  decodeRecord,
  decodeRecords,
  looksLikeDtls,
  looksLikeUnified,
  mayBeUnified,
  type PlaintextRecord,
} from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { AssociationState, type ReadingContext } from './association-state.ts';
import { DataBudget } from './data-budget.ts';
import { endOfHidden, HEADER_LENGTH, isOnlyData, isOnlyHidden } from './data-datagram.ts';
import { headOf } from './duplicates.ts';
import { type Flow, isMember, type Member, ownerOf, senderOf, sideOf } from './flow.ts';
import { type Claim, type Given, NOTHING_GIVEN } from './given.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import type { Keyring } from './keyring.ts';
import { LoadedReadings } from './loaded-readings.ts';
import { LogStore } from './log-store.ts';
import { follow, name, PathChanges } from './path-changes.ts';
import { NO_RECORDS, recordLists } from './record-list.ts';
import type { ReceivedRecord } from './record-protection.ts';
import { HIDDEN_TYPE, type NewRecord, NO_ASSOCIATION, RecordTable, type Side } from './record-table.ts';

export interface TraceState {
  /** In order of time; not all of them hold DTLS. */
  readonly datagrams: DatagramList;
  readonly records: RecordTable;
  readonly associations: readonly AssociationState[];
  readonly given: Given;
  /** By index of the capture. */
  readonly dtlsDatagrams: readonly number[];
  readonly dtlsRecords: readonly number[];
  /** What was left out because there is so much of it, in sentences. */
  readonly remarks: readonly string[];
}

export interface ReadOptions {
  /** UDP ports that carry DTLS even where the bytes do not look like it. */
  readonly ports: ReadonlySet<number>;
  /** What the sharer of the trace tells; absent where nobody shared it. */
  readonly given?: Given;
  readonly mostAssociations?: number;
  /** How much application data is opened now; more is when somebody looks at it. */
  readonly dataBytes?: number;
  /** Of how many associations the messages stay in memory; those of others are read again when they are asked for. */
  readonly loadedAssociations?: number;
}

/** On which flow a datagram came and which end sent it; with the name of the flow where it is a new one. */
interface Sent {
  readonly flow: Flow;
  readonly end: 0 | 1;
  readonly key: string | null;
}

/** Records as they were sent, of which others arrived. */
interface Original {
  readonly association: AssociationState;
  readonly side: Side;
  next: number;
  readonly end: number;
}

/** Each takes some 10 KB, and its page as much again: more than these and there would be no room for any. */
export const MOST_ASSOCIATIONS = 50_000;
const STEP_DATAGRAMS = 256;

export function readTrace(list: DatagramList, keyring: Keyring, options: ReadOptions): TraceState {
  return atOnce(readTraceInSteps(list, keyring, options));
}

/** The same, `STEP_DATAGRAMS` in each step. */
export function* readTraceInSteps(list: DatagramList, keyring: Keyring, options: ReadOptions): InSteps<TraceState> {
  const datagrams = inTime(list);
  const reader = new TraceReader(datagrams, keyring, options);
  for (let i = 0; i < datagrams.length; i++) {
    const route = datagrams.plain(i);
    const payload = datagrams.payload(i);
    if (!route || !reader.takeData(i, route, payload, 0, payload.length)) reader.take(i, datagrams.at(i), route);
    if (i % STEP_DATAGRAMS !== 0) continue;
    reader.records.readShare = i / datagrams.length;
    yield i;
  }
  return reader.finish();
}

/** Takes in datagrams one by one, in order of time. */
export class TraceReader {
  readonly #list: DatagramList;
  readonly #options: ReadOptions;
  readonly #given: Given;
  readonly #flows = new Map<string, Flow>();
  /** By the index of a route, its flow and the end that sends; only where that has DTLS. */
  readonly #byRoute: (Sent | undefined)[] = [];
  readonly #records = new RecordTable();
  readonly #associations: AssociationState[] = [];
  readonly #dtlsDatagrams: number[] = [];
  readonly #dtlsRecords: number[] = [];
  /** Records that were altered on the way, by what arrived in their place. */
  readonly #originals = new Map<string, Original>();
  readonly #paths: PathChanges;
  readonly #context: ReadingContext;
  /** Datagrams of associations that found no room. */
  #leftOut = 0;
  /** Handshakes that count as part of the association before them. */
  #joined = 0;

  constructor(list: DatagramList, keyring: Keyring, options: ReadOptions) {
    this.#list = list;
    this.#options = options;
    this.#given = options.given ?? NOTHING_GIVEN;
    this.#paths = new PathChanges(this.#associations, keyring);
    this.#context = {
      table: this.#records,
      keyring,
      budget: new DataBudget(options.dataBytes),
      loaded: new LoadedReadings(options.loadedAssociations),
      logs: new LogStore(),
      record: (index) => this.#again(index),
    };
  }

  /** Those that were found so far. */
  get associations(): readonly AssociationState[] {
    return this.#associations;
  }

  get records(): RecordTable {
    return this.#records;
  }

  /**
   * Takes in datagram `index` if it holds nothing but records of application data of an association that is known: of
   * those a busy server sends millions. False, and nothing happened, if it is anything else. The payload lies in `bytes`
   * from `from` to `to`, and holds only during the call.
   */
  takeData(index: number, route: Route, bytes: Uint8Array, from: number, to: number): boolean {
    const known = this.#byRoute[route.index];
    const [member] = known?.flow.members ?? [];
    if (!known || !member || known.flow.members.length > 1) return false;
    if (this.#originals.size > 0 || this.#given !== NOTHING_GIVEN) return false;
    const { flow, end } = known;
    const before = this.#records.count;
    if (isOnlyData(bytes, from, to)) this.#takeWhole(index, member, end, bytes, from, to);
    else if (isOnlyHidden(bytes, from, to)) this.#takeHidden(index, member, end, bytes, from, to);
    else return false;
    flow.lastEnd = end;
    const records = this.#records.count - before;
    const { capture } = this.#list;
    this.#dtlsDatagrams[capture] = (this.#dtlsDatagrams[capture] ?? 0) + 1;
    this.#dtlsRecords[capture] = (this.#dtlsRecords[capture] ?? 0) + records;
    return true;
  }

  #takeWhole(index: number, member: Member, end: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    const side = sideOf(member, end);
    for (let at = from; at < to; ) {
      const next = at + HEADER_LENGTH + uint16(bytes, at + 11);
      const record = this.#records.addData(index, at - from, next - at, bytes, at);
      member.association.receiveData(record, side, bytes, at + HEADER_LENGTH, next);
      at = next;
    }
  }

  #takeHidden(index: number, member: Member, end: 0 | 1, bytes: Uint8Array, from: number, to: number): void {
    const side = sideOf(member, end);
    for (let at = from; at < to; ) {
      const next = endOfHidden(bytes, at);
      const epoch = (bytes[at] ?? 0) & 3;
      const record = this.#records.add({
        ...{ datagram: index, from: at - from, length: next - at, contentType: HIDDEN_TYPE, version: 0 },
        ...{ epoch: epoch || 4, sequenceNumber: Number.NaN, cid: 0 },
      });
      this.#records.noteHead(record, headOf(bytes, at, next));
      member.association.receiveHidden(record, side, bytes, at, next);
      at = next;
    }
  }

  /** Takes in datagram `index`, whatever it is. `route` is that of plain ones. */
  take(index: number, datagram: Datagram, route: Route | null): void {
    const { payload } = datagram;
    const { flow, end: addressed, key } = (route && this.#byRoute[route.index]) ?? this.#flowOf(datagram);
    if (!this.#isDtls(datagram, flow, addressed, key === null)) return;
    if (key !== null && this.#full) {
      this.#leftOut++;
      return;
    }
    if (key !== null) this.#flows.set(key, flow);
    if (route) this.#byRoute[route.index] ??= { flow, end: addressed, key: null };
    const captures = this.#countDatagram(datagram);
    const end = datagram.directed ? addressed : undirectedEnd(flow, payload);
    flow.lastEnd = end;
    const reader = new ByteReader('packet', payload);
    const original = this.#originals.get(arrivalName(datagram));
    const first = this.#records.count;
    for (const record of decodeRecords(reader, () =>
      this.#paths.cidLength(flow, end, payload.subarray(reader.offset)),
    )) {
      for (const capture of captures) this.#dtlsRecords[capture] = (this.#dtlsRecords[capture] ?? 0) + 1;
      if (original) this.#takeAltered(original, index, payload, record);
      else this.#takeRecord(flow, end, index, datagram, record);
    }
    if (datagram.transit?.altered) this.#noteOriginal(datagram, first);
  }

  #flowOf({ source, destination, tag }: Datagram): Sent {
    const [from, to] = [name(source), name(destination)];
    const end = from < to ? 0 : 1;
    const key = `${end === 0 ? `${from} ${to}` : `${to} ${from}`} ${tag}`;
    const known = this.#flows.get(key);
    if (known) return { flow: known, end, key: null };
    const endpoints = end === 0 ? ([source, destination] as const) : ([destination, source] as const);
    return { flow: { endpoints, members: [], lastPlaintext: [null, null], lastEnd: 0 }, end, key };
  }

  /** A record that was taken in before, decoded once more as it was then. */
  #again(index: number): ReceivedRecord {
    const { columns: c } = this.#records;
    const payload = this.#list.payload(c.datagram.get(index));
    const from = Math.min(c.from.get(index), payload.length);
    const cid = Math.max(0, (c.cid[index] ?? 0) - 1);
    const record = decodeRecord(new ByteReader('packet', payload, undefined, from), cid);
    return record.form === 'unrecognised' ? EMPTY_RECORD : record;
  }

  /** What of a datagram was altered on its way arrives as another one later: these are the records it stands for. */
  #noteOriginal({ transit }: Datagram, first: number): void {
    const { columns: c, count } = this.#records;
    const association = this.#associations[c.association[first] ?? NO_ASSOCIATION];
    if (!transit?.arrival || !association || first === count) return;
    const side: Side = c.side[first] === 0 ? 0 : 1;
    const { capture, packet } = transit.arrival;
    this.#originals.set(`${capture} ${packet} ${transit.recordsBefore}`, {
      association,
      side,
      next: first,
      end: count,
    });
  }

  #takeAltered(original: Original, datagram: number, payload: Uint8Array, record: DtlsRecord): void {
    const index = this.#addRecord(datagram, payload, record);
    const of = original.next < original.end ? original.next++ : original.end - 1;
    original.association.receiveAltered(index, original.side, record, of);
  }

  #addRecord(datagram: number, payload: Uint8Array, record: DtlsRecord): number {
    const { from, to } = record.at;
    const index = this.#records.add({ datagram, from, length: to - from, ...columnsOf(record) });
    if (record.form === 'unified') this.#records.noteHead(index, headOf(payload, from, to));
    return index;
  }

  /** For each capture that has it; returns those. What was split or joined on the way counts once as it was at each point. */
  #countDatagram({ capture, transit }: Datagram): readonly number[] {
    const { arrival = null, altered = false, recordsBefore = 0, recordsBeforeArrival = 0 } = transit ?? {};
    // What arrived altered comes as a datagram of its own.
    const seen = [{ in: capture, after: recordsBefore }];
    if (arrival && !altered) seen.push({ in: arrival.capture, after: recordsBeforeArrival });
    for (const { in: where, after } of seen)
      if (after === 0) this.#dtlsDatagrams[where] = (this.#dtlsDatagrams[where] ?? 0) + 1;
    return seen.map((s) => s.in);
  }

  /** By content first; what content cannot tell (protected records of DTLS 1.3), by what the addresses are known for. */
  #isDtls({ payload, missing, source, destination }: Datagram, flow: Flow, end: 0 | 1, isKnown: boolean): boolean {
    if (payload.length === 0) return false;
    if (looksLikeDtls(payload, missing) || looksLikeUnified(payload)) return true;
    if (this.#options.ports.has(source.port) || this.#options.ports.has(destination.port)) return true;
    if (firstByteKind(payload[0] ?? 0) !== 'dtls') return false;
    if (isKnown) return true;
    return mayBeUnified(payload) && this.#unifiedFrom(flow, end, payload);
  }

  /** A protected record of DTLS 1.3 from unknown addresses that an association at one of them knows. */
  #unifiedFrom(flow: Flow, end: 0 | 1, payload: Uint8Array): boolean {
    const reader = new ByteReader('packet', payload);
    const record = decodeRecord(reader, this.#paths.cidLength(flow, end, payload));
    return record.form === 'unified' && this.#paths.of(flow, end, record) !== null;
  }

  finish(): TraceState {
    const lists = recordLists(this.#records, this.#associations.length);
    for (const association of this.#associations) association.finish(lists[association.index] ?? NO_RECORDS);
    this.#records.endWaiting();
    // Associations go on asking for records; where those came from is of no more use.
    this.#flows.clear();
    this.#byRoute.length = 0;
    this.#originals.clear();
    this.#paths.forget();
    return {
      datagrams: this.#list,
      records: this.#records,
      associations: this.#associations,
      given: this.#given,
      dtlsDatagrams: this.#dtlsDatagrams,
      dtlsRecords: this.#dtlsRecords,
      remarks: [...this.#remarks()],
    };
  }

  get #full(): boolean {
    const most = this.#options.mostAssociations ?? MOST_ASSOCIATIONS;
    return this.#associations.length >= Math.min(most, NO_ASSOCIATION);
  }

  *#remarks(): Generator<string> {
    const most = this.#associations.length;
    if (this.#leftOut > 0)
      yield `There are more than ${most} associations: the first ${most} are shown, and ${this.#leftOut} datagrams of others were left out. Cut the capture into parts, for example with \`editcap -c\`.`;
    if (this.#joined > 0)
      yield `There are more than ${most} associations: ${this.#joined} records of later ones are shown with the association before them on the same addresses.`;
    const { skipped } = this.#context.budget;
    if (skipped > 0)
      yield `There is so much application data that ${skipped} records of it were not opened one by one: they count as decrypted, because a key that opened others of their epoch is at hand, but damage to them is not noticed. To check them all, cut the capture into parts, for example with \`editcap -c\`.`;
    if (this.#paths.spent)
      yield 'So many records come from unknown addresses that not all of them were tried with the keys of earlier associations: associations that moved may be shown as several.';
  }

  #takeRecord(flow: Flow, end: 0 | 1, datagram: number, of: Datagram, record: DtlsRecord): void {
    const { missing, transit } = of;
    const index = this.#addRecord(datagram, of.payload, record);
    if (record.form === 'unrecognised') {
      // It lies where a record should: it belongs to whoever its neighbours belong to.
      const owner = flow.members.at(-1) ?? this.#memberFor(flow, end, index, EMPTY_RECORD);
      owner.association.receiveUnrecognised(index, sideOf(owner, end), record.firstByte);
      return;
    }
    const member = this.#memberFor(flow, end, index, record);
    noteFarAddress(member.association, sideOf(member, end), index, transit);
    const claim = this.#given.claims.size > 0 ? this.#claimOf(of, index) : undefined;
    member.association.receive(index, sideOf(member, end), record, {
      cut: missing > 0,
      leftOut: isLeftOut(of, record),
      ...(claim ? { claim } : {}),
    });
    if (record.form === 'plaintext' && record.epoch === 0) flow.lastPlaintext[end] = member;
  }

  #claimOf({ capture, packet, transit }: Datagram, index: number): Claim | undefined {
    const { datagram } = this.#records.columns;
    let place = 1 + (transit?.recordsBefore ?? 0);
    for (let i = index - 1; i >= 0 && datagram.get(i) === datagram.get(index); i--) place++;
    return this.#given.claims.get(`${capture} ${packet} ${place}`);
  }

  #memberFor(flow: Flow, end: 0 | 1, index: number, record: ReceivedRecord): Member {
    const owner = ownerOf(flow, end, record);
    if (isMember(owner)) return owner;
    const last = flow.members.at(-1);
    if (last && this.#full) {
      this.#joined++;
      return last;
    }
    const isProtected = record.form === 'unified' || record.epoch > 0;
    const moved = isProtected && flow.members.length === 0 ? this.#paths.of(flow, end, record) : null;
    if (moved) return follow(flow, moved, index);
    const answered = flow.members.length === 0 ? this.#paths.answeredFromElsewhere(flow, end, record) : null;
    if (answered) return follow(flow, answered, index);
    const clientEnd = owner.clientEnd ?? this.#paths.clientByTrial(end, record) ?? end;
    const other = clientEnd === 0 ? 1 : 0;
    const before = flow.members.at(-1)?.association ?? null;
    const endpoints = [flow.endpoints[clientEnd], flow.endpoints[other]] as const;
    const association = new AssociationState(
      this.#associations.length,
      endpoints,
      owner.clientEnd !== null,
      before,
      this.#context,
    );
    association.altered = this.#given.altered;
    if (before) before.replacedBy ??= association;
    this.#associations.push(association);
    for (const endpoint of endpoints) this.#paths.register(endpoint, association);
    const member = { association, clientEnd };
    flow.members.push(member);
    return member;
  }
}

/** Its content was left out by whoever shared the trace. */
function isLeftOut({ leftOut }: Datagram, { at }: DtlsRecord): boolean {
  return leftOut?.some(({ from, to }) => from >= at.from && from < at.to && to <= at.to) ?? false;
}

/** By what the original of a datagram that came altered is found; of all others nothing is. */
function arrivalName({ capture, packet, transit }: Datagram): string {
  return transit?.altered && transit.sentNs === null ? `${capture} ${packet} ${transit.recordsBefore}` : '';
}

/** A NAT may give the sender another address in mid-association: only the point beyond it can tell. */
function noteFarAddress(association: AssociationState, side: Side, record: number, transit: Datagram['transit']): void {
  const to = transit?.arrival?.source;
  if (!to) return;
  const from = association.farAddresses[side];
  association.farAddresses[side] = to;
  if (!from || name(from) === name(to)) return;
  // Where the sender itself moved, that has been told.
  if (association.addressChanges.some((c) => c.record === record || (c.side === side && name(c.to) === name(to))))
    return;
  association.addressChanges.push({ record, side, from, to, far: true });
}

/** What the table keeps of a header; what it does not say is zero, and what is encrypted is `HIDDEN_TYPE` and NaN. */
function columnsOf(
  record: DtlsRecord,
): Pick<NewRecord, 'contentType' | 'version' | 'epoch' | 'sequenceNumber' | 'cid'> {
  switch (record.form) {
    case 'plaintext': {
      const { contentType, version, epoch, sequenceNumber, connectionId } = record;
      const cid = contentType === CONTENT_TYPE.tls12Cid ? connectionId.length + 1 : 0;
      return { contentType, version, epoch, sequenceNumber, cid };
    }
    case 'unified':
      // Epoch 0 is never protected: its low bits mean the first epoch after they came round.
      return {
        contentType: HIDDEN_TYPE,
        version: 0,
        epoch: record.epochBits || 4,
        sequenceNumber: Number.NaN,
        cid: ((record.header[0] ?? 0) & 0x10) === 0 ? 0 : record.connectionId.length + 1,
      };
    case 'unrecognised':
      return { contentType: record.firstByte, version: 0, epoch: 0, sequenceNumber: Number.NaN, cid: 0 };
  }
}

const EMPTY_RECORD: PlaintextRecord = {
  form: 'plaintext',
  contentType: 0,
  version: 0,
  epoch: 0,
  sequenceNumber: 0,
  connectionId: new Uint8Array(),
  length: 0,
  fragment: new Uint8Array(),
  at: { buffer: 'packet', from: 0, to: 0 },
};

/** Who sent a datagram without addresses: what its first message says, or whose keys open it; else who sent before. */
function undirectedEnd(flow: Flow, payload: Uint8Array): 0 | 1 {
  const record = decodeRecord(new ByteReader('packet', payload), 0);
  if (record.form === 'unrecognised') return flow.lastEnd;
  if (record.form === 'plaintext' && record.epoch === 0 && record.contentType === CONTENT_TYPE.handshake) {
    const sender = senderOf(record);
    // The first end of such a flow is the client's.
    return sender === null ? flow.lastEnd : sender === 'client' ? 0 : 1;
  }
  if (record.form === 'plaintext' && record.epoch === 0) return flow.lastEnd;
  const ends = [0, 1] as const;
  return ends.find((end) => flow.members.some((m) => m.association.opens(sideOf(m, end), record))) ?? flow.lastEnd;
}

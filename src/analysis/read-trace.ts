/**
 * Reads all datagrams of a trace, in order of time, into records and associations. The first of the two steps of
 * the analysis: here everything is taken in and opened; flights, fates and outcomes are inferred afterwards.
 */
import type { Datagram, Route } from '../capture/datagram.ts';
import { type DatagramList, inTime } from '../capture/datagram-list.ts';
import { firstByteKind } from '../capture/demultiplex.ts';
import {
  type DtlsRecord,
  decodeRecord,
  decodeRecords,
  looksLikeDtls,
  looksLikeUnified,
  mayBeUnified,
} from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { AlteredRecords, takeAltered } from './altered-records.ts';
import type { AssociationState } from './association-state.ts';
import { DataBudget } from './data-budget.ts';
import { isOnlyData, isOnlyHidden } from './data-datagram.ts';
import { DtlsCounts } from './dtls-counts.ts';
import { type Flow, sideOf } from './flow.ts';
import { Flows, undirectedEnd } from './flows.ts';
import { type Claim, type Given, NOTHING_GIVEN } from './given.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import type { Keyring } from './keyring.ts';
import { LastAsked } from './last-asked.ts';
import { LogStore } from './log-store.ts';
import { Membership } from './membership.ts';
import { noteFarAddress } from './path-changes.ts';
import type { ReadingContext } from './reading-context.ts';
import { remarksOn } from './reading-remarks.ts';
import { NO_RECORDS, recordLists } from './record-list.ts';
import { RecordTable } from './record-table.ts';
import { addRecord, EMPTY_RECORD, recordAgain } from './table-rows.ts';
import { takeHidden, takeWhole } from './take-data.ts';

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

const STEP_DATAGRAMS = 256;
/** Ciphers take some 7 KB: of more associations than this, few go on at once. */
const MOST_READY = 1024;

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
    const isData = route && datagrams.missing(i) === 0 && reader.takeData(i, route, payload, 0, payload.length);
    if (!isData) reader.take(i, datagrams.at(i), route);
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
  readonly #flows = new Flows();
  readonly #records = new RecordTable();
  readonly #membership: Membership;
  readonly #altered = new AlteredRecords();
  readonly #budget: DataBudget;
  readonly #logs = new LogStore();
  readonly #counts = new DtlsCounts();
  /** Datagrams of associations that found no room. */
  #leftOut = 0;

  constructor(list: DatagramList, keyring: Keyring, options: ReadOptions) {
    this.#list = list;
    this.#options = options;
    this.#given = options.given ?? NOTHING_GIVEN;
    this.#budget = new DataBudget(options.dataBytes);
    const table = this.#records;
    const context: ReadingContext = {
      table,
      keyring,
      budget: this.#budget,
      readings: new LastAsked(options.loadedAssociations),
      ciphers: new LastAsked(options.loadedAssociations ?? MOST_READY),
      logs: this.#logs,
      nonces: new Map(),
      record: (index) => recordAgain(table, list, index),
    };
    this.#membership = new Membership(context, options.mostAssociations, this.#given.altered);
  }

  /** Those that were found so far. */
  get associations(): readonly AssociationState[] {
    return this.#membership.associations;
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
    const known = this.#flows.onRoute(route);
    const [member] = known?.flow.members ?? [];
    if (!known || !member || known.flow.members.length > 1) return false;
    if (this.#altered.any || this.#given !== NOTHING_GIVEN) return false;
    const { flow, end } = known;
    const before = this.#records.count;
    if (isOnlyData(bytes, from, to)) takeWhole(this.#records, index, member, end, bytes, from, to);
    else if (isOnlyHidden(bytes, from, to)) takeHidden(this.#records, index, member, end, bytes, from, to);
    else return false;
    flow.lastEnd = end;
    this.#counts.addWhole(this.#list.capture, this.#records.count - before);
    return true;
  }

  /** Takes in datagram `index`, whatever it is. `route` is that of plain ones. */
  take(index: number, datagram: Datagram, route: Route | null): void {
    const { payload } = datagram;
    const sent = (route && this.#flows.onRoute(route)) ?? this.#flows.of(datagram);
    const { flow, end: addressed } = sent;
    const isNew = sent.key !== null;
    if (!this.#isDtls(datagram, flow, addressed, !isNew)) return;
    if (isNew && this.#membership.full) {
      this.#leftOut++;
      return;
    }
    this.#flows.keep(sent, route);
    const captures = this.#counts.addDatagram(datagram);
    const end = datagram.directed ? addressed : undirectedEnd(flow, payload);
    flow.lastEnd = end;
    const { paths, associations } = this.#membership;
    const reader = new ByteReader('packet', payload);
    const original = this.#altered.originalOf(datagram);
    const first = this.#records.count;
    for (const record of decodeRecords(reader, () => paths.cidLength(flow, end, payload.subarray(reader.offset)))) {
      this.#counts.addRecord(captures);
      if (original) takeAltered(original, addRecord(this.#records, index, payload, record), record);
      else this.#takeRecord(flow, end, index, datagram, record);
    }
    if (datagram.transit?.altered) this.#altered.note(datagram, first, this.#records, associations);
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
    const record = decodeRecord(reader, this.#membership.paths.cidLength(flow, end, payload));
    return record.form === 'unified' && this.#membership.paths.of(flow, end, record) !== null;
  }

  finish(): TraceState {
    const { associations, paths, joined } = this.#membership;
    const lists = recordLists(this.#records, associations.length);
    for (const association of associations) association.finish(lists[association.index] ?? NO_RECORDS);
    this.#records.endWaiting();
    // Associations go on asking for records; where those came from is of no more use.
    this.#flows.forget();
    this.#altered.forget();
    paths.forget();
    return {
      datagrams: this.#list,
      records: this.#records,
      associations,
      given: this.#given,
      dtlsDatagrams: this.#counts.datagrams,
      dtlsRecords: this.#counts.records,
      remarks: remarksOn({
        associations: associations.length,
        datagrams: this.#leftOut,
        joined,
        unopened: this.#budget.skipped,
        unread: this.#logs.unread,
        untried: paths.spent,
      }),
    };
  }

  #takeRecord(flow: Flow, end: 0 | 1, datagram: number, of: Datagram, record: DtlsRecord): void {
    const { missing, transit } = of;
    const index = addRecord(this.#records, datagram, of.payload, record);
    if (record.form === 'unrecognised') {
      // It lies where a record should: it belongs to whoever its neighbours belong to.
      const owner = flow.members.at(-1) ?? this.#membership.of(flow, end, index, EMPTY_RECORD);
      owner.association.receiver.receiveUnrecognised(index, sideOf(owner, end), record.firstByte);
      return;
    }
    const member = this.#membership.of(flow, end, index, record);
    noteFarAddress(member.association, sideOf(member, end), index, transit);
    const claim = this.#given.claims.size > 0 ? this.#claimOf(of, index) : undefined;
    member.association.receiver.receive(index, sideOf(member, end), record, {
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
}

/** Its content was left out by whoever shared the trace. */
function isLeftOut({ leftOut }: Datagram, { at }: DtlsRecord): boolean {
  return leftOut?.some(({ from, to }) => from >= at.from && from < at.to && to <= at.to) ?? false;
}

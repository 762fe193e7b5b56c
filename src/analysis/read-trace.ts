/**
 * Reads all datagrams of a trace, in order of time, into records and associations. The first of the two steps of
 * the analysis: here everything is taken in and opened; flights, fates and outcomes are inferred afterwards.
 */
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import { firstByteKind } from '../capture/demultiplex.ts';
import { CONTENT_TYPE, type DtlsRecord, decodeRecords, looksLikeDtls, type PlaintextRecord } from '../dtls/record.ts';
import { ByteReader } from '../wire/reader.ts';
import { sameBytes } from '../wire/text.ts';
import { AssociationState } from './association-state.ts';
import { type Flow, isMember, type Member, ownerOf, sideOf } from './flow.ts';
import type { Keyring } from './keyring.ts';
import { RecordTable, STATE } from './record-table.ts';

export interface TraceState {
  /** In order of time. Only those that hold DTLS. */
  readonly datagrams: readonly Datagram[];
  readonly records: RecordTable;
  readonly associations: readonly AssociationState[];
  /** By index of the capture. */
  readonly dtlsDatagrams: readonly number[];
  readonly dtlsRecords: readonly number[];
}

export interface ReadOptions {
  /** UDP ports that carry DTLS even where the bytes do not look like it. */
  readonly ports: ReadonlySet<number>;
}

/** Associations whose keys are tried on a record from an unknown address. */
const MAX_REBIND_TRIALS = 64;

export function readTrace(datagrams: readonly Datagram[], keyring: Keyring, options: ReadOptions): TraceState {
  const reader = new TraceReader(keyring, options);
  for (const datagram of inOrderOfTime(datagrams)) reader.take(datagram);
  return reader.finish();
}

/** Files may hold packets out of order; equal times keep the order of the file. */
function inOrderOfTime(datagrams: readonly Datagram[]): readonly Datagram[] {
  const sorted = datagrams.every((d, i) => i === 0 || (datagrams[i - 1]?.timeNs ?? 0n) <= d.timeNs);
  return sorted ? datagrams : datagrams.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
}

class TraceReader {
  readonly #keyring: Keyring;
  readonly #options: ReadOptions;
  readonly #flows = new Map<string, Flow>();
  readonly #datagrams: Datagram[] = [];
  readonly #records = new RecordTable();
  readonly #associations: AssociationState[] = [];
  /** Associations by each of their endpoints, to follow one that moved to another port. */
  readonly #byEndpoint = new Map<string, AssociationState[]>();
  readonly #dtlsDatagrams: number[] = [];
  readonly #dtlsRecords: number[] = [];

  constructor(keyring: Keyring, options: ReadOptions) {
    this.#keyring = keyring;
    this.#options = options;
  }

  take(datagram: Datagram): void {
    const { payload, missing, source, destination } = datagram;
    const ends = [name(source), name(destination)] as const;
    const end = ends[0] < ends[1] ? 0 : 1;
    const key = end === 0 ? `${ends[0]} ${ends[1]}` : `${ends[1]} ${ends[0]}`;
    let flow = this.#flows.get(key);
    const forced = this.#options.ports.has(source.port) || this.#options.ports.has(destination.port);
    const likely = (flow !== undefined || forced) && firstByteKind(payload[0] ?? 0) === 'dtls';
    if (payload.length === 0 || !(likely || looksLikeDtls(payload, missing))) return;
    if (!flow) {
      flow = {
        endpoints: end === 0 ? [source, destination] : [destination, source],
        members: [],
        lastPlaintext: [null, null],
      };
      this.#flows.set(key, flow);
    }
    const index = this.#datagrams.push(datagram) - 1;
    const { capture } = datagram;
    this.#dtlsDatagrams[capture] = (this.#dtlsDatagrams[capture] ?? 0) + 1;
    const reader = new ByteReader('packet', payload);
    const known = flow;
    for (const record of decodeRecords(reader, () => this.#cidLength(known, end, payload.subarray(reader.offset)))) {
      this.#dtlsRecords[capture] = (this.#dtlsRecords[capture] ?? 0) + 1;
      this.#takeRecord(known, end, index, datagram, record);
    }
  }

  finish(): TraceState {
    for (const association of this.#associations) association.finish();
    return {
      datagrams: this.#datagrams,
      records: this.#records,
      associations: this.#associations,
      dtlsDatagrams: this.#dtlsDatagrams,
      dtlsRecords: this.#dtlsRecords,
    };
  }

  #takeRecord(flow: Flow, end: 0 | 1, datagram: number, { missing }: Datagram, record: DtlsRecord): void {
    const plain = asPlaintext(record);
    const { contentType, version, epoch, sequenceNumber } = plain;
    const index = this.#records.add({
      datagram,
      from: record.at.from,
      length: record.at.to - record.at.from,
      contentType,
      version,
      epoch,
      sequenceNumber,
    });
    const member = this.#memberFor(flow, end, index, plain);
    const side = sideOf(member, end);
    if (record.form === 'unrecognised') {
      member.association.receiveUnrecognised(index, side, record.firstByte);
      return;
    }
    member.association.receive(index, side, plain, missing > 0);
    if (epoch === 0 && this.#records.columns.state[index] === STATE.plaintext) flow.lastPlaintext[end] = member;
  }

  #memberFor(flow: Flow, end: 0 | 1, index: number, record: PlaintextRecord): Member {
    const owner = ownerOf(flow, end, record);
    if (isMember(owner)) return owner;
    const moved = record.epoch > 0 && flow.members.length === 0 ? this.#movedHere(flow, end, index, record) : null;
    if (moved) return moved;
    const clientEnd = owner.clientEnd ?? end;
    const other = clientEnd === 0 ? 1 : 0;
    const before = flow.members.at(-1)?.association ?? null;
    const endpoints = [flow.endpoints[clientEnd], flow.endpoints[other]] as const;
    const association = new AssociationState(
      this.#associations.length,
      endpoints,
      owner.clientEnd !== null,
      before,
      this.#records,
      this.#keyring,
    );
    if (before) before.replacedBy ??= association;
    this.#associations.push(association);
    for (const endpoint of endpoints) this.#register(endpoint, association);
    const member = { association, clientEnd };
    flow.members.push(member);
    return member;
  }

  /**
   * An association whose keys open a record from new addresses: the path changed under it. A NAT moves one end,
   * a restart of ICE both.
   */
  #movedHere(flow: Flow, end: 0 | 1, index: number, record: PlaintextRecord): Member | null {
    const tried = new Set<AssociationState>();
    for (const stays of [0, 1] as const) {
      for (const association of this.#atEndpoint(flow.endpoints[stays])) {
        tried.add(association);
        const clientStays = name(association.endpoints[0]) === name(flow.endpoints[stays]);
        const member: Member = { association, clientEnd: clientStays ? stays : stays === 0 ? 1 : 0 };
        if (this.#opens(member, end, record)) return this.#follow(flow, member, index);
      }
    }
    for (const association of this.#associations.slice(-MAX_REBIND_TRIALS).reverse()) {
      if (tried.has(association)) continue;
      for (const clientEnd of [0, 1] as const) {
        const member: Member = { association, clientEnd };
        if (this.#opens(member, end, record)) return this.#follow(flow, member, index);
      }
    }
    return null;
  }

  #atEndpoint(endpoint: Endpoint): AssociationState[] {
    return (this.#byEndpoint.get(name(endpoint)) ?? []).slice(-MAX_REBIND_TRIALS).reverse();
  }

  #opens(member: Member, end: 0 | 1, record: PlaintextRecord): boolean {
    return member.association.hasKeys(record.epoch) && member.association.open(sideOf(member, end), record) !== null;
  }

  #follow(flow: Flow, member: Member, index: number): Member {
    const { association, clientEnd } = member;
    for (const side of [0, 1] as const) {
      const from = association.addressChanges.findLast((c) => c.side === side)?.to ?? association.endpoints[side];
      const to = flow.endpoints[side === 0 ? clientEnd : clientEnd === 0 ? 1 : 0];
      if (name(from) !== name(to)) association.addressChanges.push({ record: index, side, from, to });
    }
    flow.members.push(member);
    return member;
  }

  /** What the receiver of this datagram asked for in its hello, or what a known CID at this endpoint fits. */
  #cidLength(flow: Flow, end: 0 | 1, rest: Uint8Array): number {
    for (const member of flow.members.toReversed()) {
      const wanted = member.association.connectionIds[sideOf(member, end) === 0 ? 1 : 0];
      if (wanted) return wanted.length;
    }
    if (rest[0] !== CONTENT_TYPE.tls12Cid) return 0;
    for (const association of this.#byEndpoint.get(name(flow.endpoints[end === 0 ? 1 : 0])) ?? []) {
      const cid = association.connectionIds.find(
        (id) => id && sameBytes(id, rest.subarray(CID_AT, CID_AT + id.length)),
      );
      if (cid) return cid.length;
    }
    return 0;
  }

  #register(endpoint: Endpoint, association: AssociationState): void {
    const key = name(endpoint);
    const list = this.#byEndpoint.get(key);
    if (list) list.push(association);
    else this.#byEndpoint.set(key, [association]);
  }
}

/** Where the CID lies in a tls12_cid record. */
const CID_AT = 11;

const name = ({ address, port }: Endpoint): string => `${address}:${port}`;

/** Every record in the terms of the 1.2 header; what a header does not say is zero. */
function asPlaintext(record: DtlsRecord): PlaintextRecord {
  if (record.form === 'plaintext') return record;
  const base = {
    form: 'plaintext',
    version: 0,
    sequenceNumber: 0,
    connectionId: new Uint8Array(),
    fragment: record.fragment,
    at: record.at,
  } as const;
  if (record.form === 'unrecognised')
    return { ...base, contentType: record.firstByte, epoch: 0, length: record.fragment.length };
  return {
    ...base,
    contentType: CONTENT_TYPE.applicationData,
    epoch: record.epochBits,
    sequenceNumber: record.encryptedSequence,
    length: record.length,
  };
}

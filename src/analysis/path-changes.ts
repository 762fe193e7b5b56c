/**
 * Associations whose path changed under them, and servers that answer from another address: which one a record from
 * unknown addresses belongs to. Its connection ID tells, or its keys do; bounded, whatever a capture holds.
 */
import type { Datagram, Endpoint } from '../capture/datagram.ts';
import { cidPosition, inferCidLength } from '../dtls/connection-id.ts';
import { CONTENT_TYPE } from '../dtls/record.ts';
import { sameBytes } from '../wire/text.ts';
import type { AssociationState } from './association-state.ts';
import { awaitsAnswer } from './awaited-messages.ts';
import { type Flow, type Member, senderOf, sideOf } from './flow.ts';
import type { Keyring } from './keyring.ts';
import { LastAsked } from './last-asked.ts';
import { type ReceivedRecord, RecordProtection } from './record-protection.ts';
import type { Side } from './record-table.ts';
import { TrialBudget } from './trial-budget.ts';

/** Associations whose keys are tried on a record from an unknown address. */
const MAX_REBIND_TRIALS = 64;
/** And as many bytes of such records, over the whole trace, may be tried in vain. */
const REBIND_BYTES = 1024 * 1024 * 1024;
/** Connection IDs of so many associations of one pair of addresses are looked for. */
const MAX_LOOK_BACK = 64;

export class PathChanges {
  /** In order of their first record; grows while the trace is read. */
  readonly #all: readonly AssociationState[];
  readonly #keyring: Keyring;
  readonly #byEndpoint = new Map<string, AssociationState[]>();
  readonly #rebind = new TrialBudget(REBIND_BYTES);

  constructor(all: readonly AssociationState[], keyring: Keyring) {
    this.#all = all;
    this.#keyring = keyring;
  }

  /** So much was tried in vain that no more is. */
  get spent(): boolean {
    return this.#rebind.spent;
  }

  /**
   * The association that a record from new addresses belongs to: the path changed under it. A NAT moves one end, a
   * restart of ICE both. Its connection ID tells, or its keys do.
   */
  of(flow: Flow, end: 0 | 1, record: ReceivedRecord): Member | null {
    const tried = new Set<AssociationState>();
    for (const stays of [0, 1] as const) {
      for (const association of this.#atEndpoint(flow.endpoints[stays])) {
        tried.add(association);
        const clientStays = name(association.endpoints[0]) === name(flow.endpoints[stays]);
        const member: Member = { association, clientEnd: clientStays ? stays : stays === 0 ? 1 : 0 };
        if (this.#owns(member, end, record)) return member;
      }
    }
    for (const association of this.#all.slice(-MAX_REBIND_TRIALS).reverse()) {
      if (tried.has(association)) continue;
      for (const clientEnd of [0, 1] as const) {
        const member: Member = { association, clientEnd };
        if (this.#opens(member, end, record)) return member;
      }
    }
    return null;
  }

  #opens(member: Member, end: 0 | 1, record: ReceivedRecord): boolean {
    if (this.#rebind.spent) return false;
    const [{ association }, side] = [member, sideOf(member, end)];
    const opens = association.opens(side, record);
    if (!opens && association.protection.hasKeysFor(side, record)) this.#rebind.failed(record.fragment.length);
    return opens;
  }

  /** Who is the client, where only records of DTLS 1.3 were captured: the secret that opens one says whose it is. */
  clientByTrial(end: 0 | 1, record: ReceivedRecord): 0 | 1 | null {
    const secrets = record.form === 'unified' ? this.#keyring.trafficSecrets(null) : [];
    if (secrets.length === 0) return null;
    const probe = new RecordProtection(new LastAsked());
    probe.offer13(secrets, null);
    if (probe.open(0, record)) return end;
    return probe.open(1, record) ? (end === 0 ? 1 : 0) : null;
  }

  /** A server with several addresses may answer from another one: the client waits there for just such a message. */
  answeredFromElsewhere(flow: Flow, end: 0 | 1, record: ReceivedRecord): Member | null {
    if (record.form === 'unified' || record.epoch > 0 || record.contentType !== CONTENT_TYPE.handshake) return null;
    if (senderOf(record) !== 'server') return null;
    const clientEnd = end === 0 ? 1 : 0;
    const client = flow.endpoints[clientEnd];
    const waiting = this.#atEndpoint(client).find(
      (a) =>
        a.rolesKnown &&
        name(a.endpoints[0]) === name(client) &&
        a.endpoints[1].port === flow.endpoints[end].port &&
        awaitsAnswer(a),
    );
    return waiting ? { association: waiting, clientEnd } : null;
  }

  #atEndpoint(endpoint: Endpoint): AssociationState[] {
    return (this.#byEndpoint.get(name(endpoint)) ?? []).slice(-MAX_REBIND_TRIALS).reverse();
  }

  #owns(member: Member, end: 0 | 1, record: ReceivedRecord): boolean {
    const side = sideOf(member, end);
    if (this.#opens(member, end, record)) return true;
    const { connectionId } = record;
    return (
      connectionId.length > 0 &&
      member.association.connectionIds[side === 0 ? 1 : 0].some((id) => sameBytes(id, connectionId))
    );
  }

  /**
   * The length of the connection ID in the next record, in bytes: that of a CID which the receiver asked for and
   * which these bytes begin with; else what was negotiated; else what makes the records tile the datagram.
   */
  cidLength(flow: Flow, end: 0 | 1, rest: Uint8Array): number {
    const at = cidPosition(rest);
    if (at === null) return 0;
    const here = flow.members
      .slice(-MAX_LOOK_BACK)
      .reverse()
      .map((member) => member.association.connectionIds[sideOf(member, end) === 0 ? 1 : 0]);
    const destination = flow.endpoints[end === 0 ? 1 : 0];
    const elsewhere = flow.members.length > 0 ? [] : this.#atEndpoint(destination).flatMap((a) => a.connectionIds);
    const all = [...here, ...elsewhere].flat();
    const matching = all.find((id) => id.length > 0 && sameBytes(id, rest.subarray(at, at + id.length)));
    return (matching ?? here.flat()[0])?.length ?? inferCidLength(rest);
  }

  /** Call once, after the last record. */
  forget(): void {
    this.#byEndpoint.clear();
  }

  register(endpoint: Endpoint, association: AssociationState): void {
    const key = name(endpoint);
    const list = this.#byEndpoint.get(key);
    if (list) list.push(association);
    else this.#byEndpoint.set(key, [association]);
  }
}

/** Notes that an association goes on between the ends of this flow, from that record on. */
export function follow(flow: Flow, member: Member, index: number): Member {
  const { association, clientEnd } = member;
  for (const side of [0, 1] as const) {
    const from =
      association.addressChanges.findLast((c) => c.side === side && !c.far)?.to ?? association.endpoints[side];
    const to = flow.endpoints[side === 0 ? clientEnd : clientEnd === 0 ? 1 : 0];
    if (name(from) !== name(to)) association.addAddressChange({ record: index, side, from, to, far: false });
  }
  flow.members.push(member);
  return member;
}

/** A NAT may give the sender another address in mid-association: only the point beyond it can tell. */
export function noteFarAddress(
  association: AssociationState,
  side: Side,
  record: number,
  transit: Datagram['transit'],
): void {
  const to = transit?.arrival?.source;
  if (!to) return;
  const from = association.farAddress(side);
  association.setFarAddress(side, to);
  if (!from || name(from) === name(to)) return;
  // Where the sender itself moved, that has been told.
  if (association.addressChanges.some((c) => c.record === record || (c.side === side && name(c.to) === name(to))))
    return;
  association.addAddressChange({ record, side, from, to, far: true });
}

export const name = ({ address, port }: Endpoint): string => `${address}:${port}`;

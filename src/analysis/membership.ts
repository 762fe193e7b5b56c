/** The associations of a trace, and which of them a record on a flow belongs to: made where there is none. */
import { AssociationState } from './association-state.ts';
import { type Flow, isMember, type Member, ownerOf } from './flow.ts';
import { follow, PathChanges } from './path-changes.ts';
import type { ReadingContext } from './reading-context.ts';
import type { ReceivedRecord } from './record-protection.ts';
import { NO_ASSOCIATION } from './record-table.ts';

/** Each takes some 10 KB, and its page as much again: more than these and there would be no room for any. */
export const MOST_ASSOCIATIONS = 50_000;

export class Membership {
  /** In order of their first record. */
  readonly associations: AssociationState[] = [];
  readonly paths: PathChanges;
  /** Records of handshakes that count as part of the association before them. */
  joined = 0;
  readonly #context: ReadingContext;
  readonly #most: number;
  /** Whoever shared the trace made names unreadable. */
  readonly #altered: boolean;

  constructor(context: ReadingContext, most: number | undefined, altered: boolean) {
    this.paths = new PathChanges(this.associations, context.keyring);
    this.#context = context;
    this.#most = Math.min(most ?? MOST_ASSOCIATIONS, NO_ASSOCIATION);
    this.#altered = altered;
  }

  /** There is no room for another association. */
  get full(): boolean {
    return this.associations.length >= this.#most;
  }

  /** @param index of the record in the table. */
  of(flow: Flow, end: 0 | 1, index: number, record: ReceivedRecord): Member {
    const owner = ownerOf(flow, end, record);
    if (isMember(owner)) return owner;
    const last = flow.members.at(-1);
    if (last && this.full) {
      this.joined++;
      return last;
    }
    const isProtected = record.form === 'unified' || record.epoch > 0;
    const moved = isProtected && flow.members.length === 0 ? this.paths.of(flow, end, record) : null;
    if (moved) return follow(flow, moved, index);
    const answered = flow.members.length === 0 ? this.paths.answeredFromElsewhere(flow, end, record) : null;
    if (answered) return follow(flow, answered, index);
    const clientEnd = owner.clientEnd ?? this.paths.clientByTrial(end, record) ?? end;
    return this.#newcomer(flow, clientEnd, owner.clientEnd !== null);
  }

  #newcomer(flow: Flow, clientEnd: 0 | 1, rolesKnown: boolean): Member {
    const before = flow.members.at(-1)?.association ?? null;
    const endpoints = [flow.endpoints[clientEnd], flow.endpoints[clientEnd === 0 ? 1 : 0]] as const;
    const index = this.associations.length;
    const association = new AssociationState(index, endpoints, rolesKnown, before, this.#context);
    association.altered = this.#altered;
    if (before) before.replacedBy ??= association;
    this.associations.push(association);
    for (const endpoint of endpoints) this.paths.register(endpoint, association);
    const member = { association, clientEnd };
    flow.members.push(member);
    return member;
  }
}

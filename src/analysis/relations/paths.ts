/** Paths that moved under an association: a NAT that gave another port, a restart of ICE, a server with two addresses. */
import type { Endpoint } from '../../capture/datagram.ts';
import type { AnalysedAssociation } from '../analyse.ts';
import type { Side } from '../record-table.ts';
import type { Related } from './related.ts';

const MAX_MOVES = 32;

interface Move {
  readonly record: number;
  readonly sides: readonly { readonly side: Side; readonly from: Endpoint; readonly to: Endpoint }[];
}

/** A moved sender may lose some records on its way to the new address, but goes on counting. */
const MAX_STEP = 64;

export function notePaths(related: Related): void {
  const lastOf = new Map<string, AnalysedAssociation>();
  for (const association of related.trace.analysed) {
    for (const move of movesOf(association)) noteMove(related, association, move);
    const { state } = association;
    if (state.rolesKnown) lastOf.set(pathKey(state.endpoints[0], state.endpoints[1]), association);
    else noteContinuation(related, association, lastOf);
  }
}

const pathKey = (client: Endpoint, server: Endpoint): string => `${client.address} ${server.address}:${server.port}`;

/** Without keys nothing but its record numbers tells that an association without hellos is another one that moved. */
function noteContinuation(
  related: Related,
  association: AnalysedAssociation,
  lastOf: ReadonlyMap<string, AnalysedAssociation>,
): void {
  const { state } = association;
  const c = related.trace.records.columns;
  const record = state.records[0];
  if (record === undefined) return;
  const [epoch, number] = [c.epoch[record] ?? 0, c.sequenceNumber.get(record)];
  const { source, destination } = related.trace.datagramOf(record);
  for (const [side, key] of [
    [0, pathKey(source, destination)],
    [1, pathKey(destination, source)],
  ] as const) {
    const before = lastOf.get(key);
    const last = before?.state.numbers.last(side, epoch);
    if (!before || epoch === 0 || last === undefined || !(number > last && number <= last + MAX_STEP)) continue;
    const sender = side === 0 ? 'client' : 'server';
    const says = `The path of ${before.state.id} moved, by the look of it: this goes on with the record numbers of its ${sender}.`;
    related.add(association, { kind: 'rebinding', with: before, record, certainty: 'inferred', says });
    return;
  }
}

/** Address changes that one record shows are one move. */
function movesOf({ state }: AnalysedAssociation): Move[] {
  const moves = new Map<number, { record: number; sides: { side: Side; from: Endpoint; to: Endpoint }[] }>();
  for (const { record, side, from, to } of state.addressChanges.slice(0, 2 * MAX_MOVES)) {
    const move = moves.get(record) ?? { record, sides: [] };
    move.sides.push({ side, from, to });
    moves.set(record, move);
  }
  return [...moves.values()];
}

function noteMove(related: Related, association: AnalysedAssociation, { record, sides }: Move): void {
  const established = association.establishedBy;
  const inHandshake = established !== null && record < established;
  const certainty = (related.trace.records.columns.epoch[record] ?? 0) > 0 ? 'seen' : 'near-certain';
  const moved = sides.map(
    ({ side, from, to }) => `the ${side === 0 ? 'client' : 'server'} from ${shown(from)} to ${shown(to)}`,
  );
  const how = usesConnectionId(related, association, record) ? 'its connection ID names it' : 'without a connection ID';
  const what = inHandshake || established === null ? 'during the handshake' : `under the same keys, ${how}`;
  const [only, ...rest] = sides;
  const followed = only && rest.length === 0 ? followedSentence(related, association, record, only) : '';
  const says = `The path moved ${what}: ${moved.join(', ')}.${followed}`;
  related.add(association, { kind: 'rebinding', with: null, record, certainty, says });
}

const shown = ({ address, port }: Endpoint): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** The record itself has a connection ID of the association: an unified header with C, or tls12_cid. */
function usesConnectionId({ trace }: Related, { state }: AnalysedAssociation, record: number): boolean {
  const c = trace.records.columns;
  const reader: Side = c.side[record] === 0 ? 1 : 0;
  if (!state.connectionIds[reader].some((cid) => cid.length > 0)) return false;
  const first = trace.bytesOf(record)[0] ?? 0;
  return first === TLS12_CID || (first & UNIFIED_MASK) === UNIFIED_WITH_CID;
}

const TLS12_CID = 25;
/** RFC 9147 §4: 001C…, with C set. */
const UNIFIED_MASK = 0b1111_0000;
const UNIFIED_WITH_CID = 0b0011_0000;

/** Where the other side writes to from then on. */
function followedSentence(
  { trace }: Related,
  { state }: AnalysedAssociation,
  record: number,
  { side, to }: Move['sides'][number],
): string {
  const other = side === 0 ? 'server' : 'client';
  const after = state.records.filter((r) => r > record && trace.records.columns.side[r] !== side);
  const last = after.at(-1);
  if (last === undefined) return ` Nothing of the ${other} follows.`;
  const reached = after.some((r) => isSame(trace.datagramOf(r).destination, to));
  return reached
    ? ` The ${other} answers there.`
    : ` The ${other} goes on writing to ${shown(trace.datagramOf(last).destination)}.`;
}

const isSame = (a: Endpoint, b: Endpoint): boolean => a.address === b.address && a.port === b.port;

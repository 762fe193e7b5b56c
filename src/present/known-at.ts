/** What both endpoints, and this page, know at one moment: epochs, keys, connection IDs, the transcript so far. */
import type { AssociationDetail, EpochView, HandshakeView, Sender } from '../analysis/trace.ts';
import { byteCount, counted } from './association-row.ts';
import type { EndpointNames } from './capture-points.ts';
import { timelineOf } from './timeline.ts';

export interface KnownFact {
  readonly name: string;
  readonly says: string;
  readonly inferred: boolean;
}

export function knownAt(detail: AssociationDetail, timeMs: number, names: EndpointNames): KnownFact[] {
  return [
    ...(['client', 'server'] as const).flatMap((side) => epochFact(detail, side, timeMs, names)),
    ...keyFact(detail, timeMs),
    ...cidFact(detail, timeMs, names),
    ...transcriptFact(detail, timeMs),
  ];
}

function epochFact(
  { association: { epochs } }: AssociationDetail,
  side: Sender,
  timeMs: number,
  names: EndpointNames,
): KnownFact[] {
  const written = epochs.filter((e) => e.sender === side && e.writeFromMs <= timeMs);
  const readable = epochs.filter((e) => e.sender !== side && e.readableFromMs !== null && e.readableFromMs <= timeMs);
  const [writes, reads] = [newest(written), newest(readable)];
  if (!writes && !reads) return [];
  const parts = [writes && `writes epoch ${writes.epoch}`, reads && `could read epoch ${reads.epoch}`];
  return [
    {
      name: names[side],
      says: parts.filter((part) => part !== undefined).join(', '),
      inferred: reads?.readableCertainty === 'inferred',
    },
  ];
}

function newest(epochs: readonly EpochView[]): EpochView | undefined {
  return epochs.reduce<EpochView | undefined>((best, e) => (best && best.epoch > e.epoch ? best : e), undefined);
}

/** Keys are what this page was given: for epochs that have begun. */
function keyFact({ association: { epochs } }: AssociationDetail, timeMs: number): KnownFact[] {
  const begun = epochs.filter((e) => e.epoch > 0 && e.writeFromMs <= timeMs);
  const list = (keys: boolean) => [...new Set(begun.filter((e) => e.keys === keys).map((e) => e.epoch))].join(', ');
  const [open, closed] = [list(true), list(false)];
  const says = [open && `for epoch ${open}`, closed && `none for epoch ${closed}`].filter(Boolean).join('; ');
  return says === '' ? [] : [{ name: 'Keys', says, inferred: false }];
}

function cidFact(detail: AssociationDetail, timeMs: number, names: EndpointNames): KnownFact[] {
  const { client, server } = detail.association.connectionIds;
  const asked = helloMs(detail, 'client');
  const answered = helloMs(detail, 'server');
  const text = (cid: string | null, side: Sender) =>
    cid === null ? [] : [`${names[side]} ${cid === '' ? 'wants none' : cid}`];
  const says = [
    ...(asked !== null && asked <= timeMs ? text(client, 'client') : []),
    ...(answered !== null && answered <= timeMs ? text(server, 'server') : []),
  ];
  return says.length === 0 ? [] : [{ name: 'CID', says: says.join(', '), inferred: false }];
}

const HELLOS = { client: 1, server: 2 } as const;

function helloMs(detail: AssociationDetail, side: Sender): number | null {
  const hello = detail.messages.findLast((m) => m.handshake === 1 && m.sender === side && m.type === HELLOS[side]);
  return hello ? endMs(detail, hello.records) : null;
}

function endMs(detail: AssociationDetail, numbers: readonly number[]): number | null {
  const { records, placeOf } = timelineOf(detail);
  return records[placeOf.get(numbers.at(-1) ?? -1) ?? -1]?.timeMs ?? null;
}

const HELLO_REQUEST = 0;
const HELLO_VERIFY_REQUEST = 3;
const MESSAGE_HASH = 254;
const MESSAGE_HASH_HEADER = 4;

/** The messages that both sides have hashed when all of them arrived (RFC 6347 §4.2.6, RFC 9147 §5.2). */
function transcriptFact(detail: AssociationDetail, timeMs: number): KnownFact[] {
  const { association } = detail;
  const version13 = association.version === 'DTLS 1.3';
  const handshake = association.handshakes.findLast((h) => h.startMs <= timeMs);
  if (!handshake) return [];
  const counts = new Map<string, { readonly type: number; readonly bytes: number }>();
  for (const { key, type, length, ms } of wholeMessages(detail, handshake))
    if (ms <= timeMs) counts.set(key, { type, bytes: length + (version13 ? 4 : 12) });
  const verified = [...counts.values()].some(({ type }) => type === HELLO_VERIFY_REQUEST);
  if (verified) counts.delete('client 0');
  const hashBytes = /SHA384/.test(association.cipherSuite?.name ?? '') ? 48 : 32;
  if (version13 && handshake.helloRetryRequest && counts.has('server 0'))
    counts.set('client 0', { type: MESSAGE_HASH, bytes: MESSAGE_HASH_HEADER + hashBytes });
  const hashed = [...counts.values()].filter(({ type }) => type !== HELLO_VERIFY_REQUEST && type !== HELLO_REQUEST);
  if (hashed.length === 0) return [];
  const bytes = hashed.reduce((sum, m) => sum + m.bytes, 0);
  return [{ name: 'Transcript', says: `${counted(hashed.length, 'message')}, ${byteCount(bytes)}`, inferred: false }];
}

interface WholeMessage {
  /** Sender and message_seq. */
  readonly key: string;
  readonly type: number;
  readonly length: number;
  /** When the last piece of its first complete transmission was captured. */
  readonly ms: number;
}

const whole = new WeakMap<HandshakeView, readonly WholeMessage[]>();

function wholeMessages(detail: AssociationDetail, handshake: HandshakeView): readonly WholeMessage[] {
  const before = whole.get(handshake);
  if (before) return before;
  const first = new Map<string, WholeMessage>();
  for (const { sender, messageSeq, type, length, records, complete, flight, handshake: number } of detail.messages) {
    if (number !== handshake.number || !complete || type === null || messageSeq === null) continue;
    const key = `${sender} ${messageSeq}`;
    const ms = endMs(detail, records);
    if (first.has(key) || ms === null || isAfterHandshake(detail, number, flight)) continue;
    first.set(key, { key, type, length, ms });
  }
  const found = [...first.values()];
  whole.set(handshake, found);
  return found;
}

/** NewSessionTicket of DTLS 1.3 and the like have a flight of their own, and are not hashed. */
function isAfterHandshake({ machines }: AssociationDetail, handshake: number, flight: number): boolean {
  return machines.postHandshake.some((m) => m.flight === flight && m.steps[0]?.handshake === handshake);
}

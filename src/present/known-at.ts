/** What both endpoints, and this page, know at one moment: epochs, keys, connection IDs, the transcript so far. */
import type { AssociationDetail, EpochView, Sender } from '../analysis/trace.ts';
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
const MESSAGE_HASH_HEADER = 4;

/** The messages that both sides have hashed when all of them arrived (RFC 6347 §4.2.6, RFC 9147 §5.2). */
function transcriptFact(detail: AssociationDetail, timeMs: number): KnownFact[] {
  const { association, messages } = detail;
  const version13 = association.version === 'DTLS 1.3';
  const headerBytes = version13 ? 4 : 12;
  const { number = 0 } = association.handshakes.findLast((h) => h.startMs <= timeMs) ?? {};
  const counts = new Map<string, { readonly type: number; readonly bytes: number }>();
  for (const m of messages) {
    const end = endMs(detail, m.records);
    if (m.handshake !== number || !m.complete || m.type === null || m.messageSeq === null) continue;
    if (end === null || end > timeMs || isAfterHandshake(detail, m.handshake, m.flight)) continue;
    counts.set(`${m.sender} ${m.messageSeq}`, { type: m.type, bytes: m.length + headerBytes });
  }
  const verified = [...counts.values()].some(({ type }) => type === HELLO_VERIFY_REQUEST);
  if (verified) counts.delete('client 0');
  const retried = version13 && association.handshakes.some((h) => h.number === number && h.helloRetryRequest);
  const hashBytes = /SHA384/.test(association.cipherSuite?.name ?? '') ? 48 : 32;
  if (retried && counts.has('server 0')) counts.set('client 0', { type: 254, bytes: MESSAGE_HASH_HEADER + hashBytes });
  const hashed = [...counts.values()].filter(({ type }) => type !== HELLO_VERIFY_REQUEST && type !== HELLO_REQUEST);
  if (hashed.length === 0) return [];
  const bytes = hashed.reduce((sum, m) => sum + m.bytes, 0);
  return [{ name: 'Transcript', says: `${counted(hashed.length, 'message')}, ${byteCount(bytes)}`, inferred: false }];
}

/** NewSessionTicket of DTLS 1.3 and the like have a flight of their own, and are not hashed. */
function isAfterHandshake({ machines }: AssociationDetail, handshake: number, flight: number): boolean {
  return machines.postHandshake.some((m) => m.flight === flight && m.steps[0]?.handshake === handshake);
}

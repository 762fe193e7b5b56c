/** Links, shared traces, notes, and the place that an address names. */
import { Session } from '../../../src/analysis/session.ts';
import { hash } from '../../../src/crypto/hashes.ts';
import { associationFilter } from '../../../src/present/association-filter.ts';
import { goalOf } from '../../../src/present/go-to.ts';
import { packetFilter } from '../../../src/present/packet-filter.ts';
import { linkIn, readAddress, writeAddress } from '../../../src/present/view-address.ts';
import { LEAST } from '../../../src/share/choices.ts';
import { deflate } from '../../../src/share/deflate.ts';
import { gather } from '../../../src/share/gather.ts';
import { FILE_LIMITS, LINK_LIMITS } from '../../../src/share/limits.ts';
import { openLink, splitLink, traceLink } from '../../../src/share/link.ts';
import type { Note } from '../../../src/share/notes.ts';
import { readBook } from '../../../src/share/notes-book.ts';
import { notesJson, readNotesJson } from '../../../src/share/notes-json.ts';
import { notesMarkdown, readNotesMarkdown } from '../../../src/share/notes-markdown.ts';
import { decodePayload, encodePayload } from '../../../src/share/payload.ts';
import { receive } from '../../../src/share/receive.ts';
import type { SharedTrace } from '../../../src/share/shared-trace.ts';
import { openTraceFile } from '../../../src/share/trace-file.ts';
import { Damaged } from '../../../src/share/varint.ts';
import { concat } from '../../../src/wire/text.ts';
import { sourceOfBytes } from '../../captures.ts';
import { asBytes, asText, type Entry, must } from '../entry.ts';
import { beginning, fileBytes, filesWith } from '../seeds.ts';

/** What is allowed to be said of what is damaged: `Damaged`, with a sentence. */
function readable<T>(read: () => T): T | string {
  try {
    return read();
  } catch (failure) {
    if (!(failure instanceof Damaged)) throw failure;
    return failure.message;
  }
}

const NOTES: readonly Note[] = [
  {
    id: 'n1',
    anchor: { on: 'record', at: { capture: 0, packet: 1, record: 1 } },
    to: null,
    text: 'a `code` https://example.com\nb',
    shape: 'square',
    judgement: null,
    author: 'A',
  },
  {
    id: 'n2',
    anchor: { on: 'bytes', at: { capture: 0, packet: 2, record: 1 }, buffer: 'record', from: 3, to: 9 },
    to: { on: 'trace' },
    text: '',
    shape: 'star',
    judgement: null,
    author: '',
  },
  {
    id: 'n3',
    anchor: { on: 'finding', at: null, rule: 'weak-cipher' },
    to: null,
    text: '*',
    shape: 'circle',
    judgement: 'rejected',
    author: '',
  },
  {
    id: 'n4',
    anchor: { on: 'time', at: { capture: 0, packet: 1, record: 1 }, fromMs: 0.5, toMs: 10 },
    to: null,
    text: 'x',
    shape: 'triangle',
    judgement: null,
    author: '',
  },
];

const SMALL_CAPTURES = [
  'openssl-psk-aes128-ccm8.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'openssl-fail-unknown-ca.pcap',
];

async function sharedTraces(): Promise<readonly SharedTrace[]> {
  const paths = filesWith('.pcap').filter((path) => SMALL_CAPTURES.some((name) => path.endsWith(name)));
  const traces: SharedTrace[] = [];
  for (const path of paths) {
    const session = new Session();
    await session.open([sourceOfBytes('a.pcap', beginning(fileBytes(path), 12, 4000))], { add: true });
    const choices = {
      ...LEAST,
      title: 't',
      associations: null,
      notes: [],
      addresses: 'kept',
      applicationData: 'bodies',
      clock: 'kept',
    } as const;
    traces.push(gather(session, choices, 'fuzz').trace);
  }
  return traces;
}

const traces = await sharedTraces();
const withNotes = traces.map((trace) => ({ ...trace, notes: NOTES }));
const payloads = [...traces, ...withNotes].map((trace) => encodePayload(trace));
const CHECKSUM = 8;
const bodies = payloads.map((payload) => payload.slice(0, -CHECKSUM));
const links = await Promise.all(traces.map((trace) => traceLink(trace)));

const withChecksum = (body: Uint8Array) => concat(body, hash('sha256', body).subarray(0, CHECKSUM));

/** What becomes of it once it was opened. */
function shown(trace: SharedTrace): unknown {
  const session = new Session();
  return readable(() => {
    session.openShared(receive(trace));
    const { associations, findings, captures } = session.trace();
    return [associations, findings, captures, associations.slice(0, 3).map(({ id }) => session.association(id))];
  });
}

/** The checksum is made to match: whoever builds a link to do harm does that too. */
const payload: Entry = {
  name: 'payload',
  form: 'bytes',
  seeds: () => bodies,
  read(input) {
    const decoded = decodePayload(withChecksum(input), LINK_LIMITS);
    return decoded.kind === 'trace' ? decoded.trace.datagrams.length : decoded.message;
  },
};

const received: Entry = {
  name: 'payload-opened',
  form: 'bytes',
  seeds: () => bodies,
  growth: (length) => 400_000 + 4000 * length,
  // Of the notes and names that the sharer wrote: text wherever it is shown.
  verbatim: ['name', 'message', 'text', 'title'],
  read(input) {
    const decoded = decodePayload(withChecksum(input), FILE_LIMITS);
    return decoded.kind === 'trace' ? shown(decoded.trace) : decoded.message;
  },
};

const HEAD = Uint8Array.from([0x44, 0x54, 0x4c, 0x53, 0x54, 0x52, 0x43, 0x1a]);

/** The file as it is, or packed anew. */
const traceFile: Entry = {
  name: 'trace-file',
  form: 'bytes',
  seeds: () => bodies.map((body) => concat(Uint8Array.of(1), body)),
  async read(input) {
    const packed = input[0] === 1 ? await deflate(Uint8Array.from(withChecksum(input.subarray(1)))) : input.slice(1);
    const decoded = await openTraceFile(concat(HEAD, packed) as Uint8Array<ArrayBuffer>);
    return decoded.kind === 'trace' ? decoded.trace.datagrams.length : decoded.message;
  },
};

const link: Entry = {
  name: 'link',
  form: 'text',
  seeds: () =>
    [
      ...links,
      ...links.map((one) => `https://example.org/#${one}~a2.r17`),
      '1r.AAAAAAAAAAAAAAAAAAAAAA~a1',
      '1s.abcdefgh.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA~vt',
    ].map(asBytes),
  // The parts are those of the text.
  verbatim: ['body', 'key', 'view', 'link'],
  async read(input) {
    const text = asText(input);
    const parts = splitLink(text);
    const opened = parts && parts.body.length < 4000 ? await openLink(parts) : null;
    return [parts, opened?.kind === 'unusable' ? opened.message : null];
  },
};

const address: Entry = {
  name: 'view-address',
  form: 'text',
  seeds: () =>
    [
      '#sample=reboot~a2.r17.f2-0-1.bplaintext',
      '~a1.vt.sfacts.clinear.xmagnified.qstatus:failed_1.zduration-down',
      '1d.abc~r9.oreplay%2D1',
      '#1s.ab.cd~a1.bmessage-2',
    ].map(asBytes),
  verbatim: ['filter', 'finding', 'link', 'view-address'],
  read(input) {
    const text = asText(input);
    const read = readAddress(text);
    const again = readAddress(writeAddress(read));
    must(
      JSON.stringify(again) === JSON.stringify(read),
      `is read as ${JSON.stringify(read)}, written and read again as ${JSON.stringify(again)}`,
    );
    return [read, linkIn(text)];
  },
};

const ANYWHERE = { associations: [], captures: [], points: null, detail: null };

const filter: Entry = {
  name: 'filter',
  form: 'text',
  seeds: () =>
    [
      'status:failed version:1.3 "a b"',
      'port:5684 ip:10.0. retransmissions:>2 handshake:>=1000',
      'cid:yes keys:no finding:warning alert:48',
      'type:Finished epoch:1 mark:lost',
      'p15',
      't1004ms',
      'A3',
    ].map(asBytes),
  // What is searched for is quoted, and shown as text.
  verbatim: ['filter', 'says'],
  read(input) {
    const text = asText(input);
    packetFilter(text);
    return [associationFilter(text).remarks.map((_, i) => i), goalOf(text, ANYWHERE)];
  },
};

const notesInJson: Entry = {
  name: 'notes-json',
  form: 'text',
  seeds: () => [asBytes(notesJson(NOTES, ['a.pcap'], 'fuzz'))],
  verbatim: ['text', 'author', 'name', 'buffer', 'rule', 'id'],
  read: (input) => readable(() => readNotesJson(asText(input))),
};

const notesInMarkdown: Entry = {
  name: 'notes-markdown',
  form: 'text',
  seeds: () => [asBytes(notesMarkdown(NOTES, 'Title', () => 'a place'))],
  verbatim: ['text', 'author', 'name', 'buffer', 'rule', 'id'],
  read: (input) =>
    readable(() => {
      const notes = readNotesMarkdown(asText(input));
      const again = readNotesMarkdown(notesMarkdown(notes, 'Title', () => 'a place'));
      must(
        JSON.stringify(again.map(({ id }) => id)) === JSON.stringify(notes.map(({ id }) => id)),
        'notes change when they are written and read again',
      );
      return notes;
    }),
};

/** As IndexedDB holds them, and other windows write them. */
const book: Entry = {
  name: 'notes-book',
  form: 'text',
  seeds: () => [asBytes(JSON.stringify(NOTES.map((note, place) => ({ note, place, revision: 1, gone: false }))))],
  verbatim: ['text', 'author', 'name', 'buffer', 'rule', 'id'],
  read(input) {
    let json: unknown;
    try {
      json = JSON.parse(asText(input));
    } catch {
      return null;
    }
    return readable(() => [...readBook(json).values()]);
  },
};

export const SHARE_ENTRIES: readonly Entry[] = [
  link,
  payload,
  received,
  traceFile,
  address,
  filter,
  notesInJson,
  notesInMarkdown,
  book,
];

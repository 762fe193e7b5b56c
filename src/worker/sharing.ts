/** Shared traces, in and out: links and .dtlstrace files are opened here, and made of what is open. */
import { Session } from '../analysis/session.ts';
import { hash, runningHash } from '../crypto/hashes.ts';
import { toBase64url } from '../share/base64url.ts';
import { disclosureOf } from '../share/disclosure.ts';
import type { Gathered } from '../share/gather.ts';
import { FILE_LIMITS, LINK_LIMITS, LONGEST_LINK, LONGEST_LINK_READ } from '../share/limits.ts';
import { openLink, splitLink, traceLink } from '../share/link.ts';
import type { Decoded } from '../share/payload.ts';
import { prepared, tooMuchToShare } from '../share/prepare.ts';
import { receive } from '../share/receive.ts';
import { fetchTrace, serverFacts, storeTrace } from '../share/remote.ts';
import type { Received } from '../share/share-on.ts';
import type { SharedTrace } from '../share/shared-trace.ts';
import { isTraceFile, openTraceFile, writeTraceFile } from '../share/trace-file.ts';
import { Damaged } from '../share/varint.ts';
import { toHex } from '../wire/text.ts';
import { captureIdentity } from './identity.ts';
import { linkNumbers } from './link-numbers.ts';
import type { InputFile } from './protocol.ts';
import type { SharedFacts, SharePreview, ShareRequest, SharingAnswer, SharingQuestion } from './sharing-protocol.ts';
import { bytesOf } from './unreadable.ts';

/** As a link would be without the address before it. */
const HEAD_LENGTH = 3;
const FILE_HEAD_BYTES = 8;
const ID_BYTES = 9;

export class Sharing {
  readonly #session: Session;
  /** Of the shared trace that was opened last. */
  #received: Received | null = null;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Instead of what is open, once it proved usable; else one sentence. */
  async open(file: InputFile, cancelled: () => boolean): Promise<SharedFacts | string> {
    const read = await readShared(file);
    if (typeof read === 'string' || cancelled()) return typeof read === 'string' ? read : '';
    const { trace, subject } = read;
    try {
      const input = receive(trace);
      // Tried apart from what is open, as long as that takes no time.
      if (trace.datagrams.length <= LINK_LIMITS.datagrams) opened(input).trace();
      this.#session.openShared(input);
    } catch (failure) {
      if (!(failure instanceof Damaged)) throw failure;
      return `${subject} was altered: it ${failure.message}.`;
    }
    this.#received = { redactions: trace.redactions, endpoints: trace.endpoints };
    return {
      id: read.id,
      file: file.name,
      from: read.from,
      title: trace.title,
      redactions: trace.redactions,
      secrets: trace.secrets.length,
      messages: trace.messages.length,
      packets: new Set(trace.datagrams.map(({ capture, packet }) => `${capture} ${packet}`)).size,
      notes: trace.notes,
    };
  }

  async answer(question: SharingQuestion, cancelled: () => boolean): Promise<SharingAnswer> {
    const tooMuch = 'request' in question ? tooMuchToShare(this.#session, question.request.choices) : null;
    if (tooMuch !== null) return { kind: 'failed', message: tooMuch };
    switch (question.ask) {
      case 'size': {
        const file = await writeTraceFile(this.#gather(question.request).trace);
        return { kind: 'size', size: sizeOf(file) };
      }
      case 'preview':
        return { kind: 'preview', preview: await this.#preview(question.request, question.association) };
      case 'file': {
        const file = await writeTraceFile(this.#gather(question.request).trace);
        return { kind: 'file', file: new Blob([file], { type: 'application/octet-stream' }) };
      }
      case 'digest':
        // A file that cannot be read any more has none.
        return { kind: 'digest', digest: await this.#digest(cancelled).catch(() => null) };
      case 'identity':
        // Nor has it an identity.
        return { kind: 'identity', identity: await captureIdentity(question.captures).catch(() => null) };
      case 'server':
        return { kind: 'server', server: await serverFacts(question.base) };
      case 'store': {
        const { trace } = this.#gather(question.request);
        const secret = trace.secrets.length > 0 || trace.messages.length > 0;
        const stored = await storeTrace(await writeTraceFile(trace), { base: question.base, secret });
        return stored.kind === 'cancelled' ? { kind: 'failed', message: 'Nothing was stored.' } : stored;
      }
    }
  }

  #gather({ choices, generator }: ShareRequest): Gathered {
    const received = this.#isShared() ? this.#received : null;
    return prepared(this.#session, choices, received, generator);
  }

  #isShared(): boolean {
    return this.#session.overview().captures.some(({ format }) => format === 'dtlstrace');
  }

  /** What a recipient sees is read from what a recipient gets. */
  async #preview(request: ShareRequest, association: string | null): Promise<SharePreview> {
    const { trace, replaced } = this.#gather(request);
    const file = await writeTraceFile(trace);
    const size = sizeOf(file);
    const decoded = await openTraceFile(file);
    if (decoded.kind !== 'trace') throw new Error(`What was just made ${decoded.message}`);
    const session = opened(receive(decoded.trace));
    const { captures, points, associations } = session.trace();
    const details = associations.flatMap(({ id }) => session.association(id) ?? []);
    const ids = request.choices.associations ?? this.#session.ids();
    const numbers = linkNumbers(
      ids.flatMap((id) => this.#session.association(id) ?? []),
      details,
    );
    const shown = numbers.associations.find(([open]) => open === association)?.[1];
    return {
      ...size,
      link: size.characters <= LONGEST_LINK ? await traceLink(trace) : null,
      disclosure: disclosureOf(decoded.trace, details, replaced),
      replaced,
      numbers,
      trace: { captures, points, associations },
      detail: details.find((d) => d.association.id === shown) ?? details[0] ?? null,
      packets: new Set(decoded.trace.datagrams.map(({ capture, packet }) => `${capture} ${packet}`)).size,
    };
  }

  async #digest(cancelled: () => boolean): Promise<string | null> {
    const running = runningHash('sha256');
    const sources = this.#session.sources();
    for (const source of sources) {
      if (!source) return null;
      for await (const chunk of source.chunks()) {
        if (cancelled()) return null;
        running.update(chunk);
      }
    }
    return sources.length === 0 ? null : toBase64url(running.digest().subarray(0, 16));
  }
}

function opened(input: Parameters<Session['openShared']>[0]): Session {
  const session = new Session();
  session.openShared(input);
  return session;
}

function sizeOf(file: Uint8Array): { readonly characters: number; readonly bytes: number } {
  const packed = file.length - FILE_HEAD_BYTES;
  return { characters: HEAD_LENGTH + Math.ceil((packed * 4) / 3), bytes: file.length };
}

interface Read {
  readonly trace: SharedTrace;
  readonly id: string;
  readonly from: SharedFacts['from'];
  /** With what sentences about it begin. */
  readonly subject: string;
}

/** One sentence where it is unusable. */
async function readShared({ name, blob, base }: InputFile): Promise<Read | string> {
  if (blob.size > FILE_LIMITS.bytes) return `${name} is larger than any trace that can be shared.`;
  const bytes = await bytesOf(blob).catch((error: Error) => error.message);
  if (typeof bytes === 'string') return `${name} could not be read: ${bytes}.`;
  const id = toHex(hash('sha256', bytes).subarray(0, ID_BYTES));
  if (isTraceFile(bytes)) return told(name, await openTraceFile(bytes), { id, from: 'file' });
  if (bytes.length > LONGEST_LINK_READ)
    return `This link is longer than ${LONGEST_LINK_READ} characters: no link of ours is.`;
  const link = splitLink(new TextDecoder().decode(bytes));
  switch (link?.kind) {
    case 'trace':
      return told('This link', await openLink(link), { id: idOf(link.body), from: 'link' });
    case 'stored': {
      if (base === undefined) return 'This link names a trace on a server. Open it as an address.';
      const fetched = await fetchTrace(link, base);
      if (fetched.kind === 'cancelled') return '';
      if (fetched.kind === 'failed') return fetched.message;
      return told('The stored trace', await openTraceFile(fetched.file), { id: idOf(link.body), from: 'server' });
    }
    case 'view-only':
      return 'This link names a place in a capture and does not carry it: open the capture, then the link.';
    default:
      return 'This link is cut off or damaged: letters are missing or were added. Ask for it again.';
  }
}

function idOf(text: string): string {
  return toHex(hash('sha256', new TextEncoder().encode(text)).subarray(0, ID_BYTES));
}

function told(subject: string, decoded: Decoded, of: Pick<Read, 'id' | 'from'>): Read | string {
  return decoded.kind === 'trace' ? { trace: decoded.trace, subject, ...of } : `${subject} ${decoded.message}`;
}

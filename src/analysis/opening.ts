/** Files → captures and key logs: each file is one or the other, by what is in it. Never rejects for bad input. */
import type { CaptureSource } from '../capture/datagram.ts';
import { DatagramTable } from '../capture/datagram-table.ts';
import { KEPT_BYTES, type StoredSource } from '../capture/frame-store.ts';
import { identify, isFailure, keepDatagram, readCapture } from '../capture/open.ts';
import { type Scratch, Spool } from '../capture/spool.ts';
import { type KeyLog, KeyLogReader, parseKeyLog } from '../crypto/keylog.ts';
import type { GivenKeys } from '../crypto/premaster.ts';
import { beginFile, cannotRead } from './file-head.ts';
import { LiveReading } from './live-reading.ts';
import type { LoadedCapture } from './points/one-stream.ts';
import type { SessionProgress } from './progress.ts';

/** What may be kept and done while a capture is opened; the rest is when somebody looks. Absent: what suits most. */
export interface SessionLimits {
  /** Bytes of a capture that are kept in memory, where its file can be read again. */
  readonly keptBytes?: number;
  /** Where bytes can be put that cannot be read again where they came from; absent: they are kept in memory. */
  readonly scratch?: () => Scratch;
  /** Bytes of application data that are decrypted. */
  readonly dataBytes?: number;
  /** Associations whose messages stay decoded. */
  readonly loadedAssociations?: number;
}

/** What captures are read with. */
export interface ReadWith {
  readonly keys: GivenKeys;
  /** UDP ports that carry DTLS even where the bytes do not look like it. */
  readonly ports: ReadonlySet<number>;
}

/** What was in the files. */
export interface Batch {
  readonly captures: readonly (LoadedCapture & { readonly datagrams: DatagramTable })[];
  readonly keyLogs: readonly KeyLog[];
  /** One sentence for each file that was not usable. */
  readonly failures: readonly string[];
  /** What was read of the first capture while it was loaded. */
  readonly live: LiveReading | null;
  /** Then it is not all that was in them. */
  readonly cancelled: boolean;
}

/** Who waits for the files. */
export interface Waiting {
  readonly progress?: (progress: SessionProgress) => void;
  readonly cancelled?: () => boolean;
}

/** A key log larger than this is no key log. */
const MAX_KEY_LOG_BYTES = 256 * 1024 * 1024;

/** Reads files one after the other. */
export async function openFiles(
  files: readonly CaptureSource[],
  using: ReadWith,
  limits: SessionLimits,
  waiting: Waiting,
): Promise<Batch> {
  const opening = new Opening(using, limits, waiting);
  // Keys first: a capture is read with them while it is loaded.
  const captures: (() => Promise<void>)[] = [];
  for (const file of files) {
    const capture = await opening.begin(file);
    if (capture) captures.push(capture);
    if (waiting.cancelled?.()) return { ...opening.batch, cancelled: true };
  }
  for (const read of captures) {
    await read();
    if (waiting.cancelled?.()) return { ...opening.batch, cancelled: true };
  }
  return { ...opening.batch, cancelled: false };
}

class Opening {
  readonly #captures: Batch['captures'][number][] = [];
  readonly #keyLogs: KeyLog[] = [];
  readonly #failures: string[] = [];
  #live: LiveReading | null = null;
  readonly #keys: GivenKeys;
  readonly #ports: ReadonlySet<number>;
  readonly #limits: SessionLimits;
  readonly #waiting: Waiting;

  constructor({ keys, ports }: ReadWith, limits: SessionLimits, waiting: Waiting) {
    this.#keys = keys;
    this.#ports = ports;
    this.#limits = limits;
    this.#waiting = waiting;
  }

  get batch(): Omit<Batch, 'cancelled'> {
    return { captures: this.#captures, keyLogs: this.#keyLogs, failures: this.#failures, live: this.#live };
  }

  /** Reads a key log; of what may be a capture it says how to read it. */
  async begin(file: CaptureSource): Promise<(() => Promise<void>) | null> {
    const begun = await beginFile(file);
    if (typeof begun === 'string') {
      this.#failures.push(begun);
      return null;
    }
    const { kind } = identify(begun.head);
    if (kind === 'keyLog') {
      const log = await readKeyLog(begun.chunks, file.name);
      if (typeof log === 'string') this.#failures.push(log);
      else this.#keyLogs.push(log);
      return null;
    }
    // Only what lies in the file as it is can be found there again.
    const again = kind === 'pcap' || kind === 'pcapng' ? file : { name: file.name };
    // Places in a text are none of bytes.
    const spooled = kind === 'pcap' || kind === 'pcapng' || kind === 'gzip';
    return () => this.#readCapture(file, again, spooled, begun.chunks);
  }

  /** @param spooled what cannot be read again may be put aside. */
  async #readCapture(
    source: CaptureSource,
    again: StoredSource,
    spooled: boolean,
    chunks: AsyncIterable<Uint8Array>,
  ): Promise<void> {
    const { progress, cancelled } = this.#waiting;
    const index = this.#captures.length;
    const { scratch, keptBytes = KEPT_BYTES } = this.#limits;
    const spool = spooled && scratch && !again.readAt ? new Spool(source.name, scratch, keptBytes) : null;
    const stored = spool ? { ...again, readAt: spool.readAt.bind(spool) } : again;
    const datagrams = new DatagramTable(index, stored, keptBytes);
    const live = index === 0 && this.#live === null ? this.#liveReading(datagrams) : null;
    this.#live ??= live;
    const keyLogsBefore = this.#keyLogs.length;
    const { name, size } = source;
    const facts = await readCapture({ name, size, chunks: () => chunks }, index, {
      plain: (plain) => {
        const at = datagrams.addPlain(plain);
        live?.takePlain(at, plain);
      },
      datagram: (datagram) => {
        const forced = this.#ports.has(datagram.source.port) || this.#ports.has(datagram.destination.port);
        if (!forced && !mayBeDtls(datagram.payload)) return;
        const kept = forced ? keepDatagram(datagram) : datagram;
        const at = datagrams.add(kept);
        live?.take(at, kept);
      },
      ...(spool ? { bytes: (chunk: Uint8Array) => spool.add(chunk) } : {}),
      keyLog: (text, where) => this.#keyLogs.push(parseKeyLog(text, where)),
      progress: (bytesRead, packets, firstTimeNs) => {
        if (size) datagrams.readShare = bytesRead / size;
        if (size && live) live.readShare = bytesRead / size;
        progress?.({
          file: name,
          bytesRead,
          bytesTotal: size ?? 0,
          packets,
          datagrams: datagrams.length,
          associations: this.#live?.found ?? 0,
          early: (from, to) => live?.early(from, to, firstTimeNs ?? 0n) ?? [],
        });
      },
      cancelled: () => cancelled?.() ?? false,
    });
    spool?.end();
    // A log without record bytes may still hold keys: then it was of use, and the rest is a remark.
    if (isFailure(facts) && this.#keyLogs.length > keyLogsBefore)
      this.#keyLogs.push({ ...parseKeyLog('', name), problems: [{ source: name, message: facts.message }] });
    else if (isFailure(facts)) this.#failures.push(facts.message);
    else this.#captures.push({ facts, datagrams, source });
  }

  #liveReading(datagrams: DatagramTable): LiveReading {
    const keys = () => ({ ...this.#keys, logs: [...this.#keys.logs, ...this.#keyLogs] });
    return new LiveReading(datagrams, keys, { ports: this.#ports, ...this.#limits });
  }
}

/** RFC 7983: the first byte of everything that DTLS sends. */
function mayBeDtls(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0;
  return first >= 20 && first <= 63;
}

/** What went wrong is said in a sentence. */
async function readKeyLog(chunks: AsyncIterable<Uint8Array>, name: string): Promise<KeyLog | string> {
  const log = new KeyLogReader(name);
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > MAX_KEY_LOG_BYTES)
        return `${name} has more than 256 MB: too much for a key log. Keep the lines of the sessions in question.`;
      log.read(chunk);
    }
  } catch (error) {
    return cannotRead(name, error);
  }
  return log.finish();
}

/** What is open: captures and key logs, in any mix and order, and the trace that they give together. */

import type { CaptureSource } from '../capture/datagram.ts';
import { ListedDatagrams } from '../capture/datagram-list.ts';
import { DatagramTable } from '../capture/datagram-table.ts';
import { HEAD_BYTES, identify, isFailure, keepDatagram, readCapture } from '../capture/open.ts';
import { type KeyLog, KeyLogReader, parseKeyLog } from '../crypto/keylog.ts';
import { type GivenRsaKey, parsePrivateKey } from '../crypto/private-key.ts';
import { type GivenPsk, parsePsk } from '../crypto/psk.ts';
import type { FieldSink } from '../wire/reader.ts';
import type { AnalysedAssociation } from './analyse.ts';
import { ApplicationDataReader, type ApplicationDataView, type DataQuery } from './application-data.ts';
import { associationDetail, associationStory } from './association-views.ts';
import { type ChosenPackets, chosenPackets } from './chosen-packets.ts';
import type { EarlyAssociation } from './early-association.ts';
import { type Found, findRecord, type Sought } from './find-record.ts';
import type { FindingView } from './finding.ts';
import { NOTHING_GIVEN, type SharedInput } from './given.ts';
import { atOnce, retold } from './in-steps.ts';
import { Keyring } from './keyring.ts';
import { LiveReading } from './live-reading.ts';
import { type DataUnit, dataUnits, type PlaintextUnit, plaintextUnits } from './plaintext-units.ts';
import { belongTogether, type LoadedCapture, type OneStream, oneStream } from './points/one-stream.ts';
import { readAhead } from './read-ahead.ts';
import { readTraceInSteps } from './read-trace.ts';
import { type RecordBody, recordBody } from './record-body.ts';
import { recordDetail } from './record-detail.ts';
import { type DecodedRecord, decodedRecord } from './record-fields.ts';
import { parseFingerprints, type SdpFingerprint } from './sdp.ts';
import { srtpKeysOf } from './srtp-keys.ts';
import type {
  Association,
  AssociationDetail,
  AssociationStory,
  RecordDetail,
  SrtpKeys,
  TraceOverview,
  TraceSummary,
} from './trace.ts';
import { analysisOf, type TraceAnalysis } from './trace-analysis.ts';
import { type KeyLine, usedKeyLines } from './used-keys.ts';

export interface SessionProgress {
  readonly file: string;
  readonly bytesRead: number;
  /** 0 where it is not known. */
  readonly bytesTotal: number;
  readonly packets: number;
  /** Datagrams so far that may be DTLS. */
  readonly datagrams: number;
  /** Associations so far of the first capture, as long as it comes in order of time. */
  readonly associations: number;
  /** What can be said of them now, from index `from` up to `to`. */
  early(from: number, to: number): readonly EarlyAssociation[];
}

/** How far the analysis is that follows the reading. */
export interface AnalysisProgress {
  /** Datagrams are read again where there are other keys; then associations are analysed. */
  readonly what: 'datagrams' | 'associations';
  readonly done: number;
  readonly total: number;
}

export interface OpenOptions {
  /**
   * True adds to what is open; 'auto' does so if no file is a capture, or if the captures show the traffic that is open
   * from another point. Else the captures replace those that are open.
   */
  readonly add: boolean | 'auto';
  readonly progress?: (progress: SessionProgress) => void;
  readonly cancelled?: () => boolean;
}

export interface OpenResult {
  /** At least one file was usable. Where none was, nothing changed. */
  readonly ok: boolean;
  readonly cancelled: boolean;
  /** One sentence for each file that was not. */
  readonly failures: readonly string[];
}

/** What became of a private key: added, or one sentence about what it needs or why it is of no use. */
export type PrivateKeyAdded =
  | { readonly kind: 'added'; readonly message: null }
  | { readonly kind: 'needsPassword' | 'unusable'; readonly message: string };

interface Batch {
  readonly captures: (LoadedCapture & { readonly datagrams: DatagramTable })[];
  readonly keyLogs: KeyLog[];
  readonly failures: string[];
  /** What was read of the first capture while it was loaded. */
  live: LiveReading | null;
}

/** A key log larger than this is no key log. */
const MAX_KEY_LOG_BYTES = 256 * 1024 * 1024;

/** What may be kept and done while a capture is opened; the rest is when somebody looks. Absent: what suits most. */
export interface SessionLimits {
  /** Bytes of a capture that are kept in memory, where its file can be read again. */
  readonly keptBytes?: number;
  /** Bytes of application data that are decrypted. */
  readonly dataBytes?: number;
  /** Associations whose messages stay decoded. */
  readonly loadedAssociations?: number;
}

export class Session {
  #captures: LoadedCapture[] = [];
  #keyLogs: KeyLog[] = [];
  #psks: GivenPsk[] = [];
  #rsaKeys: GivenRsaKey[] = [];
  #fingerprints: SdpFingerprint[] = [];
  #ports = new Set<number>();
  #given = NOTHING_GIVEN;
  readonly #applicationData = new ApplicationDataReader();
  #cache: TraceAnalysis | null = null;
  /** Keys change nothing in it. */
  #merged: OneStream | null = null;
  /** What was read of the one capture while it was loaded; null once that was used, or no longer holds. */
  #live: LiveReading | null = null;
  readonly #limits: SessionLimits;

  constructor(limits: SessionLimits = {}) {
    this.#limits = limits;
  }

  /** Reads files one after the other; each is a capture or a key log, by what is in it. Never rejects for bad input. */
  async open(files: readonly CaptureSource[], options: OpenOptions): Promise<OpenResult> {
    const batch: Batch = { captures: [], keyLogs: [], failures: [], live: null };
    // Keys first: a capture is read with them while it is loaded.
    const captures: (() => Promise<void>)[] = [];
    for (const file of files) {
      const capture = await this.#begin(file, batch, options);
      if (capture) captures.push(capture);
      if (options.cancelled?.()) return { ok: false, cancelled: true, failures: batch.failures };
    }
    for (const read of captures) {
      await read();
      if (options.cancelled?.()) return { ok: false, cancelled: true, failures: batch.failures };
    }
    const ok = batch.captures.length > 0 || batch.keyLogs.length > 0;
    if (ok) this.#accept(batch, options.add);
    return { ok, cancelled: false, failures: batch.failures };
  }

  /** Opens a trace that somebody shared, instead of what is open. */
  openShared({ captures, keyLog, ports, given }: SharedInput): void {
    // Keys that were given before anything was open wait for it, as for any capture.
    const waiting =
      this.#captures.length === 0 ? { logs: this.#keyLogs, psks: this.#psks, rsaKeys: this.#rsaKeys } : null;
    this.close();
    if (waiting) {
      this.#keyLogs = waiting.logs;
      this.#psks = waiting.psks;
      this.#rsaKeys = waiting.rsaKeys;
    }
    this.#captures = captures.map((one) => ({ ...one, datagrams: new ListedDatagrams(one.datagrams) }));
    this.#ports = new Set(ports);
    this.#given = given;
    if (keyLog !== '') this.#keyLogs.push(parseKeyLog(keyLog, 'the shared trace'));
  }

  get forcedPorts(): readonly number[] {
    return [...this.#ports];
  }

  /** Adds a key log that is known to be one. */
  addKeyLog(log: string | KeyLog, name: string): void {
    this.#keyLogs.push(typeof log === 'string' ? parseKeyLog(log, name) : log);
    this.#cache = null;
  }

  /** Adds a pre-shared key, `[IDENTITY=]KEY` with the key as hex or as text; a sentence where it is none. */
  addPsk(given: string, form: { readonly text: boolean; readonly source: string }): string | null {
    const parsed = parsePsk(given, form);
    if (parsed.kind === 'unusable') return parsed.message;
    this.#psks.push(parsed.psk);
    this.#live = null;
    this.#cache = null;
    return null;
  }

  /** Adds an RSA private key (PEM or DER). */
  addPrivateKey(file: string | Uint8Array, name: string, password?: string): PrivateKeyAdded {
    const parsed = parsePrivateKey(file, password);
    if (parsed.kind !== 'key') return { kind: parsed.kind, message: `${name}: ${parsed.message}` };
    this.#rsaKeys.push({ key: parsed.key, source: name });
    this.#live = null;
    this.#cache = null;
    return { kind: 'added', message: null };
  }

  /** Adds the certificate fingerprints of session descriptions (SDP); one sentence where there is none in it. */
  addFingerprints(text: string, source: string): string | null {
    const found = parseFingerprints(text, source);
    if (found.length === 0) return `${source} has no line a=fingerprint with a known hash and a digest of its length.`;
    this.#fingerprints.push(...found);
    this.#cache = null;
    return null;
  }

  /** Treats these UDP ports as DTLS even where the bytes do not look like it. */
  forcePorts(ports: Iterable<number>): void {
    this.#ports = new Set(ports);
    this.#merged = null;
    this.#live = null;
    this.#cache = null;
  }

  /** All at once, and kept. Of a large capture `associations` takes less room. */
  trace(): TraceSummary {
    return this.#analysed().summary();
  }

  /** What can be said before any association is diagnosed. */
  overview(): TraceOverview {
    return this.#analysed().overview;
  }

  /** Ids of the associations, in order of their first record. */
  ids(): readonly string[] {
    return this.#analysed().trace.associations.map(({ id }) => id);
  }

  /** False also where there is no such association. */
  rolesKnown(id: string): boolean {
    return this.#analysed().trace.associations[associationIndex(id)]?.rolesKnown ?? false;
  }

  /** Associations with these ids, or all; each is made when it is its turn, and kept by nobody else. */
  *associations(ids: readonly string[] | null = null): Generator<Association> {
    const analysis = this.#analysed();
    if (!ids || ids.length === analysis.trace.associations.length) {
      yield* analysis.each();
      return;
    }
    for (const id of ids) {
      const association = analysis.association(associationIndex(id));
      if (association) yield association;
    }
  }

  /** What concerns no single association. */
  findings(): readonly FindingView[] {
    return this.#analysed().findings();
  }

  /** What comes before any association is diagnosed, in short steps, to pause between them or to give up. */
  *reading(): Generator<AnalysisProgress, void, void> {
    this.#cache ??= yield* this.#working();
  }

  /** The diagnosis in short steps. Associations are handed to `take`, and not kept; null keeps them for `trace`. */
  *diagnosing(take: ((association: Association) => void) | null): Generator<AnalysisProgress, void, void> {
    const analysis = this.#analysed();
    yield* retold(analysis.diagnosing(take), inPass(1, analysis.trace.associations.length));
  }

  /** What is open here, in a session of its own: what is done to it leaves this one as it is. */
  fork(): Session {
    const fork = new Session(this.#limits);
    fork.adopt(this);
    // It is used up by the first who needs it; the other reads again.
    this.#live = null;
    return fork;
  }

  /** Opens what is open in `fork` instead. */
  adopt(fork: Session): void {
    this.#captures = [...fork.#captures];
    this.#keyLogs = [...fork.#keyLogs];
    this.#psks = [...fork.#psks];
    this.#rsaKeys = [...fork.#rsaKeys];
    this.#fingerprints = [...fork.#fingerprints];
    this.#ports = fork.#ports;
    this.#given = fork.#given;
    this.#cache = fork.#cache;
    this.#merged = fork.#merged;
    this.#live = fork.#live;
  }

  association(id: string): AssociationDetail | null {
    const analysis = this.#analysed();
    const index = associationIndex(id);
    const [analysed, association] = [analysis.trace.analysed[index], analysis.association(index)];
    return analysed && association ? associationDetail(analysis.trace, analysed, association) : null;
  }

  /** The same without its records, of which there may be many. */
  story(id: string): AssociationStory | null {
    const analysis = this.#analysed();
    const index = associationIndex(id);
    const [analysed, association] = [analysis.trace.analysed[index], analysis.association(index)];
    return analysed && association ? associationStory(analysis.trace, analysed, association) : null;
  }

  /**
   * What the captures of the first of two points tell of an association if the second is left out; null with one point,
   * and where that one has nothing of it. Only its own datagrams are read again, so this is quick.
   */
  alone(id: string): AssociationDetail | null {
    const points = this.overview().points?.points[0];
    const whole = this.association(id);
    if (!points || !whole) return null;
    const session = this.#ofDatagrams(points.captures, packetsOf(whole));
    // The path may have moved; then the longest piece stands for it.
    const [longest] = session.trace().associations.toSorted((a, b) => b.records.total - a.records.total);
    return longest ? session.association(longest.id) : null;
  }

  /** The records of an association, in order of capture, each decoded when it is its turn: its fields go to a sink. */
  *decodedRecords<Sink extends FieldSink>(id: string, sink: () => Sink): Generator<DecodedRecord<Sink>> {
    const { trace } = this.#analysed();
    const index = associationIndex(id);
    const analysed = trace.analysed[index];
    if (!analysed) return;
    readAhead(trace, index);
    for (const record of analysed.state.records) yield decodedRecord(trace, analysed, record, sink());
  }

  /** By its 1-based number in the trace. */
  record(record: number): RecordDetail | null {
    const found = this.#ownerOf(record);
    return found && recordDetail(found.trace, found.analysed, record - 1);
  }

  /** The decoded application data of an association; null where there is no such association. */
  applicationData(id: string, query: DataQuery): ApplicationDataView | null {
    const { trace } = this.#analysed();
    const analysed = trace.analysed[associationIndex(id)];
    return analysed ? this.#applicationData.read(trace, analysed, query) : null;
  }

  /** SRTP master keys of an association, or one sentence about what is missing. */
  srtpKeys(id: string): SrtpKeys | string {
    const analysed = this.#analysed().trace.analysed[associationIndex(id)];
    return analysed ? srtpKeysOf(analysed.state) : `There is no association ${id}.`;
  }

  /** Where a record or packet is, if possible in the association `near`; else a sentence. */
  find(sought: Sought, near: string | null): Found | string {
    const { trace, overview } = this.#analysed();
    return findRecord(trace, overview.captures, sought, near);
  }

  /** What the records of application data carry that could be opened, in order of capture. Secret. */
  *dataOf(id: string): Generator<DataUnit> {
    const { trace } = this.#analysed();
    const index = associationIndex(id);
    const analysed = trace.analysed[index];
    if (!analysed) return;
    readAhead(trace, index);
    yield* dataUnits(trace, analysed);
  }

  /** What a record carries in the clear, whole; null where it is closed or absent. */
  recordBody(record: number): RecordBody | null {
    const found = this.#ownerOf(record);
    return found && recordBody(found.trace, found.analysed, record - 1);
  }

  /** Which packets of which files hold these associations, or all of them for null; with what the findings say of them. */
  packetsOf(ids: readonly string[] | null): readonly ChosenPackets[] {
    return chosenPackets(this.#captures, this.#analysed().trace, this.trace(), ids, this.#merged);
  }

  /** The key log lines that open an association, or all of them. Secret. */
  keyLinesOf(id: string | null): readonly KeyLine[] {
    return usedKeyLines(this.#chosen(id));
  }

  /** Decrypted application data, in order of capture. Secret. */
  plaintextOf(id: string | null): readonly PlaintextUnit[] {
    return plaintextUnits(this.#analysed().trace, this.#chosen(id), this.trace());
  }

  #chosen(id: string | null): readonly AnalysedAssociation[] {
    const { analysed } = this.#analysed().trace;
    return id === null ? analysed : analysed.filter(({ state }) => state.id === id);
  }

  forgetKeys(): void {
    this.#live = null;
    this.#keyLogs = [];
    this.#psks = [];
    this.#rsaKeys = [];
    this.#cache = null;
  }

  close(): void {
    this.#live = null;
    this.#captures = [];
    this.#psks = [];
    this.#rsaKeys = [];
    this.#keyLogs = [];
    this.#fingerprints = [];
    this.#given = NOTHING_GIVEN;
    this.#merged = null;
    this.#cache = null;
  }

  /** The same keys and some of the datagrams, in captures that keep the order they have here. */
  #ofDatagrams(captures: readonly number[], packets: ReadonlySet<string>): Session {
    const session = new Session();
    session.#captures = captures.flatMap((index, capture) => {
      const open = this.#captures[index];
      if (!open) return [];
      const datagrams = [...open.datagrams].filter((d) => packets.has(packetName(d)));
      return [{ ...open, datagrams: new ListedDatagrams(datagrams.map((d) => ({ ...d, capture }))) }];
    });
    session.#keyLogs = this.#keyLogs;
    session.#psks = this.#psks;
    session.#rsaKeys = this.#rsaKeys;
    session.#ports = this.#ports;
    return session;
  }

  #ownerOf(record: number) {
    const { trace } = this.#analysed();
    if (!Number.isInteger(record) || record < 1 || record > trace.records.count) return null;
    const analysed = trace.analysed[trace.records.columns.association[record - 1] ?? -1];
    return analysed ? { trace, analysed } : null;
  }

  #accept(batch: Batch, add: OpenOptions['add']): void {
    const { live } = batch;
    const replace = batch.captures.length > 0 && add !== true;
    const goesOn = replace && add === 'auto' && belongTogether(this.#captures, batch.captures, this.#ports);
    if (replace && !goesOn) {
      // Keys that were dropped before any capture wait for this one; keys of the capture before go with it.
      if (this.#captures.length > 0) this.#keyLogs = [];
      this.#captures = [];
      this.#given = NOTHING_GIVEN;
    }
    for (const capture of batch.captures) {
      capture.datagrams.renumber(this.#captures.length);
      this.#captures.push(capture);
    }
    this.#live = this.#captures.length === 1 && live?.isOf(this.#captures[0]?.datagrams) ? live : null;
    this.#keyLogs.push(...batch.keyLogs);
    this.#merged = null;
    this.#cache = null;
  }

  /** Reads a key log; of what may be a capture it says how to read it. */
  async #begin(file: CaptureSource, batch: Batch, options: OpenOptions): Promise<(() => Promise<void>) | null> {
    const chunks = file.chunks()[Symbol.asyncIterator]();
    const head = await readHead(chunks, file.name, batch.failures);
    if (!head) return null;
    const rest = resume(head.chunks, chunks);
    if (identify(head.bytes).kind === 'keyLog') {
      const log = await readKeyLog(rest, file.name, batch.failures);
      if (log !== null) batch.keyLogs.push(log);
      return null;
    }
    // Only what lies in the file as it is can be found there again.
    const { kind } = identify(head.bytes);
    const again = kind === 'pcap' || kind === 'pcapng' ? file : { name: file.name };
    return () => this.#readCapture(file, again, rest, batch, options);
  }

  async #readCapture(
    source: CaptureSource,
    again: Pick<CaptureSource, 'name' | 'readAt'>,
    chunks: AsyncIterable<Uint8Array>,
    batch: Batch,
    { progress, cancelled }: OpenOptions,
  ): Promise<void> {
    const index = batch.captures.length;
    const datagrams = new DatagramTable(index, again, this.#limits.keptBytes);
    const live = index === 0 && batch.live === null ? this.#liveReading(datagrams, batch) : null;
    batch.live ??= live;
    const keyLogsBefore = batch.keyLogs.length;
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
      keyLog: (text, where) => batch.keyLogs.push(parseKeyLog(text, where)),
      progress: (bytesRead, packets, firstTimeNs) => {
        if (size) datagrams.readShare = bytesRead / size;
        if (size && live) live.readShare = bytesRead / size;
        progress?.({
          file: source.name,
          bytesRead,
          bytesTotal: source.size ?? 0,
          packets,
          datagrams: datagrams.length,
          associations: batch.live?.found ?? 0,
          early: (from, to) => live?.early(from, to, firstTimeNs ?? 0n) ?? [],
        });
      },
      cancelled: () => cancelled?.() ?? false,
    });
    // A log without record bytes may still hold keys: then it was of use, and the rest is a remark.
    if (isFailure(facts) && batch.keyLogs.length > keyLogsBefore)
      batch.keyLogs.push({
        ...parseKeyLog('', source.name),
        problems: [{ source: source.name, message: facts.message }],
      });
    else if (isFailure(facts)) batch.failures.push(facts.message);
    else batch.captures.push({ facts, datagrams, source });
  }

  #liveReading(datagrams: DatagramTable, batch: Batch): LiveReading {
    return new LiveReading(
      datagrams,
      () => [...this.#keyLogs, ...batch.keyLogs],
      (logs) => new Keyring({ logs, psks: this.#psks, rsaKeys: this.#rsaKeys }),
      { ports: this.#ports, ...this.#limits },
    );
  }

  *#readAgain(merged: OneStream) {
    const keyring = new Keyring({ logs: this.#keyLogs, psks: this.#psks, rsaKeys: this.#rsaKeys });
    const options = { ports: this.#ports, given: this.#given, ...this.#limits };
    const total = merged.datagrams.length;
    const read = yield* retold(
      readTraceInSteps(merged.datagrams, keyring, options),
      (done): AnalysisProgress => ({ what: 'datagrams', done, total }),
    );
    return { keyring, read };
  }

  #analysed(): TraceAnalysis {
    this.#cache ??= atOnce(this.#working());
    return this.#cache;
  }

  *#working(): Generator<AnalysisProgress, TraceAnalysis, void> {
    this.#merged ??= oneStream(this.#captures, this.#ports);
    const merged = this.#merged;
    const { keyring, read } = this.#live?.finish(this.#keyLogs) ?? (yield* this.#readAgain(merged));
    // It is used up: with other keys everything is read once more.
    this.#live = null;
    const input = { captures: this.#captures, merged, given: this.#given, fingerprints: this.#fingerprints };
    const total = read.associations.length;
    return yield* retold(analysisOf(read, keyring, input), inPass(0, total));
  }
}

/** Passes over all associations. */
const PASSES = 2;

/** In the pass after so many others. */
const inPass =
  (passes: number, total: number) =>
  (done: number): AnalysisProgress => ({
    what: 'associations',
    done: Math.floor((passes * total + done) / PASSES),
    total,
  });

const packetName = ({ capture, packet }: { readonly capture: number; readonly packet: number }): string =>
  `${capture} ${packet}`;

/** Packets of an association at either point. */
function packetsOf({ records }: AssociationDetail): ReadonlySet<string> {
  return new Set(records.flatMap((record) => [record, ...(record.arrival ? [record.arrival] : [])].map(packetName)));
}

/** "a12" → 11; -1 for what is no id. */
function associationIndex(id: string): number {
  return /^a[1-9]\d{0,9}$/.test(id) ? Number(id.slice(1)) - 1 : -1;
}

/** RFC 7983: the first byte of everything that DTLS sends. */
function mayBeDtls(payload: Uint8Array): boolean {
  const first = payload[0] ?? 0;
  return first >= 20 && first <= 63;
}

async function readHead(
  chunks: AsyncIterator<Uint8Array>,
  name: string,
  failures: string[],
): Promise<{ bytes: Uint8Array; chunks: Uint8Array[] } | null> {
  const read: Uint8Array[] = [];
  let length = 0;
  try {
    while (length < HEAD_BYTES) {
      const next = await chunks.next();
      if (next.done) break;
      read.push(next.value);
      length += next.value.length;
    }
  } catch (error) {
    failures.push(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
  const bytes = new Uint8Array(Math.min(length, HEAD_BYTES));
  let at = 0;
  for (const chunk of read) {
    if (at >= bytes.length) break;
    bytes.set(chunk.subarray(0, bytes.length - at), at);
    at += chunk.length;
  }
  return { bytes, chunks: read };
}

async function* resume(
  read: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncIterableIterator<Uint8Array> {
  try {
    yield* read;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    void rest.return?.();
  }
}

async function readKeyLog(chunks: AsyncIterable<Uint8Array>, name: string, failures: string[]): Promise<KeyLog | null> {
  const log = new KeyLogReader(name);
  let length = 0;
  try {
    for await (const chunk of chunks) {
      length += chunk.length;
      if (length > MAX_KEY_LOG_BYTES) {
        failures.push(
          `${name} has more than 256 MB: too much for a key log. Keep the lines of the sessions in question.`,
        );
        return null;
      }
      log.read(chunk);
    }
  } catch (error) {
    failures.push(`${name} could not be read: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
  return log.finish();
}

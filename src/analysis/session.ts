/** What is open: captures and key logs, in any mix and order, and the answers to whoever asks about it. */

import type { CaptureSource } from '../capture/datagram.ts';
import { type KeyLog, parseKeyLog } from '../crypto/keylog.ts';
import type { GivenKeys } from '../crypto/premaster.ts';
import { parsePrivateKey } from '../crypto/private-key.ts';
import { parsePsk } from '../crypto/psk.ts';
import type { FieldSink } from '../wire/reader.ts';
import { detailAlone } from './alone.ts';
import type { AnalysedAssociation } from './analyse.ts';
import { ApplicationDataReader, type ApplicationDataView, type DataQuery } from './application-data.ts';
import { type ChosenPackets, chosenPackets } from './chosen-packets.ts';
import { type Found, findRecord, holderOf, type Sought } from './find-record.ts';
import type { FindingView } from './finding.ts';
import type { SharedInput } from './given.ts';
import { retold } from './in-steps.ts';
import { type OpenOptions, type OpenResult, OpenTrace } from './open-trace.ts';
import type { SessionLimits } from './opening.ts';
import { type DataUnit, dataUnits, type PlaintextUnit, plaintextUnits } from './plaintext-units.ts';
import { type AnalysisProgress, inPass } from './progress.ts';
import { readAhead } from './read-ahead.ts';
import { type RecordBody, recordBody } from './record-body.ts';
import { recordDetail } from './record-detail.ts';
import { type DecodedRecord, decodedRecord } from './record-fields.ts';
import { parseFingerprints } from './sdp.ts';
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
import type { TraceAnalysis } from './trace-analysis.ts';
import { type KeyLine, usedKeyLines } from './used-keys.ts';
import { NO_KEYS, NOTHING_OPEN, sharedInstead, type WhatIsOpen } from './what-is-open.ts';

/** What became of a private key: added, or one sentence about what it needs or why it is of no use. */
export type PrivateKeyAdded =
  | { readonly kind: 'added'; readonly message: null }
  | { readonly kind: 'needsPassword' | 'unusable'; readonly message: string };

export class Session {
  readonly #opened: OpenTrace;
  readonly #applicationData = new ApplicationDataReader();

  constructor(limits: SessionLimits = {}) {
    this.#opened = new OpenTrace(limits);
  }

  /** Reads files one after the other; each is a capture or a key log, by what is in it. Never rejects for bad input. */
  open(files: readonly CaptureSource[], options: OpenOptions): Promise<OpenResult> {
    return this.#opened.read(files, options);
  }

  /** Opens a trace that somebody shared, instead of what is open. */
  openShared(shared: SharedInput): void {
    this.#opened.change(sharedInstead(this.#open, shared));
  }

  get forcedPorts(): readonly number[] {
    return [...this.#open.ports];
  }

  /** Adds a key log that is known to be one. */
  addKeyLog(log: string | KeyLog, name: string): void {
    const { logs } = this.#open.keys;
    this.#changeKeys({ logs: [...logs, typeof log === 'string' ? parseKeyLog(log, name) : log] });
  }

  /** Adds a pre-shared key, `[IDENTITY=]KEY` with the key as hex or as text; a sentence where it is none. */
  addPsk(given: string, form: { readonly text: boolean; readonly source: string }): string | null {
    const parsed = parsePsk(given, form);
    if (parsed.kind === 'unusable') return parsed.message;
    this.#changeKeys({ psks: [...this.#open.keys.psks, parsed.psk] });
    return null;
  }

  /** Adds an RSA private key (PEM or DER). */
  addPrivateKey(file: string | Uint8Array, name: string, password?: string): PrivateKeyAdded {
    const parsed = parsePrivateKey(file, password);
    if (parsed.kind !== 'key') return { kind: parsed.kind, message: `${name}: ${parsed.message}` };
    this.#changeKeys({ rsaKeys: [...this.#open.keys.rsaKeys, { key: parsed.key, source: name }] });
    return { kind: 'added', message: null };
  }

  /** Adds the certificate fingerprints of session descriptions (SDP); one sentence where there is none in it. */
  addFingerprints(text: string, source: string): string | null {
    const found = parseFingerprints(text, source);
    if (found.length === 0) return `${source} has no line a=fingerprint with a known hash and a digest of its length.`;
    this.#opened.change({ fingerprints: [...this.#open.fingerprints, ...found] });
    return null;
  }

  /** Treats these UDP ports as DTLS even where the bytes do not look like it. */
  forcePorts(ports: Iterable<number>): void {
    this.#opened.change({ ports: new Set(ports) });
  }

  forgetKeys(): void {
    this.#changeKeys(NO_KEYS);
  }

  /** The ports stay. */
  close(): void {
    this.#opened.change({ ...NOTHING_OPEN, ports: this.#open.ports });
  }

  /** What is open here, in a session of its own: what is done to it leaves this one as it is. */
  fork(): Session {
    const fork = new Session(this.#opened.limits);
    this.#opened.lendTo(fork.#opened);
    return fork;
  }

  /** Opens what is open in `fork` instead. */
  adopt(fork: Session): void {
    this.#opened.adopt(fork.#opened);
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
    return this.#analysed().analysed(id)?.state.rolesKnown ?? false;
  }

  /** Associations with these ids, or all; each is made when it is its turn, and kept by nobody else. */
  *associations(ids: readonly string[] | null = null): Generator<Association> {
    const analysis = this.#analysed();
    if (!ids || ids.length === analysis.trace.associations.length) {
      yield* analysis.each();
      return;
    }
    for (const id of ids) {
      const association = analysis.association(id);
      if (association) yield association;
    }
  }

  /** What concerns no single association. */
  findings(): readonly FindingView[] {
    return this.#analysed().findings();
  }

  /** What comes before any association is diagnosed, in short steps, to pause between them or to give up. */
  reading(): Generator<AnalysisProgress, unknown, void> {
    return this.#opened.working();
  }

  /** The diagnosis in short steps. Associations are handed to `take`, and not kept; null keeps them for `trace`. */
  *diagnosing(take: ((association: Association) => void) | null): Generator<AnalysisProgress, void, void> {
    const analysis = this.#analysed();
    yield* retold(analysis.diagnosing(take), inPass(1, analysis.trace.associations.length));
  }

  /** With all of its records, of which there may be millions. */
  association(id: string): AssociationDetail | null {
    return this.#analysed().detail(id);
  }

  /**
   * To look at: of very many records those that tell something and those around number `around`, the others in sums.
   * Null where there is no such association.
   */
  shown(id: string, around: number | null = null): AssociationDetail | null {
    return this.#analysed().shown(id, around);
  }

  /** The same without its records, of which there may be many. */
  story(id: string): AssociationStory | null {
    return this.#analysed().story(id);
  }

  /**
   * What the captures of the first of two points tell of an association if the second is left out; null with one point,
   * and where that one has nothing of it.
   */
  alone(id: string): AssociationDetail | null {
    const point = this.overview().points?.points[0];
    const whole = this.association(id);
    return point && whole ? detailAlone(this.#open, point.captures, whole) : null;
  }

  /** The records of an association, in order of capture, each decoded when it is its turn: its fields go to a sink. */
  *decodedRecords<Sink extends FieldSink>(id: string, sink: () => Sink): Generator<DecodedRecord<Sink>> {
    const analysis = this.#analysed();
    const analysed = analysis.analysed(id);
    if (!analysed) return;
    readAhead(analysis.trace, analysed.state.index);
    for (const record of analysed.state.records) yield decodedRecord(analysis.trace, analysed, record, sink());
  }

  /** By its 1-based number in the trace. */
  record(record: number): RecordDetail | null {
    const { trace } = this.#analysed();
    const holder = holderOf(trace, record - 1);
    return holder && recordDetail(trace, holder, record - 1);
  }

  /** The decoded application data of an association; null where there is no such association. */
  applicationData(id: string, query: DataQuery): ApplicationDataView | null {
    const analysis = this.#analysed();
    const analysed = analysis.analysed(id);
    return analysed ? this.#applicationData.read(analysis.trace, analysed, query) : null;
  }

  /** SRTP master keys of an association, or one sentence about what is missing. */
  srtpKeys(id: string): SrtpKeys | string {
    const analysed = this.#analysed().analysed(id);
    return analysed ? srtpKeysOf(analysed.state) : `There is no association ${id}.`;
  }

  /** Where a record or packet is, if possible in the association `near`; else a sentence. */
  find(sought: Sought, near: string | null): Found | string {
    const { trace, overview } = this.#analysed();
    return findRecord(trace, overview.captures, sought, near);
  }

  /** What the records of application data carry that could be opened, in order of capture. Secret. */
  *dataOf(id: string): Generator<DataUnit> {
    const analysis = this.#analysed();
    const analysed = analysis.analysed(id);
    if (!analysed) return;
    readAhead(analysis.trace, analysed.state.index);
    yield* dataUnits(analysis.trace, analysed);
  }

  /** What a record carries in the clear, whole; null where it is closed or absent. */
  recordBody(record: number): RecordBody | null {
    const { trace } = this.#analysed();
    const holder = holderOf(trace, record - 1);
    return holder && recordBody(trace, holder, record - 1);
  }

  /** The files that are open as captures; null for one that cannot be read once more. */
  sources(): readonly (CaptureSource | null)[] {
    return this.#open.captures.map(({ source }) => source ?? null);
  }

  /** Which packets of which files hold these associations, or all of them for null; with what the findings say of them. */
  packetsOf(ids: readonly string[] | null): readonly ChosenPackets[] {
    return chosenPackets(this.#open.captures, this.#analysed().trace, this.trace(), ids, this.#opened.merged);
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

  get #open(): WhatIsOpen {
    return this.#opened.open;
  }

  #changeKeys(change: Partial<GivenKeys>): void {
    this.#opened.change({ keys: { ...this.#open.keys, ...change } });
  }

  #analysed(): TraceAnalysis {
    return this.#opened.analysed();
  }
}

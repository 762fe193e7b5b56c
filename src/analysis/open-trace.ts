/** What is open, with what was read and worked out of it: each kept as long as it holds. */
import type { CaptureSource } from '../capture/datagram.ts';
import { atOnce } from './in-steps.ts';
import type { LiveReading } from './live-reading.ts';
import { openFiles, type SessionLimits, type Waiting } from './opening.ts';
import { type OneStream, oneStream } from './points/one-stream.ts';
import type { AnalysisProgress } from './progress.ts';
import type { TraceAnalysis } from './trace-analysis.ts';
import { NOTHING_OPEN, type WhatIsOpen, withBatch } from './what-is-open.ts';
import { workingOut } from './working-out.ts';

export interface OpenOptions extends Waiting {
  /**
   * True adds to what is open; 'auto' does so if no file is a capture, or if the captures show the traffic that is open
   * from another point. Else the captures replace those that are open.
   */
  readonly add: boolean | 'auto';
}

export interface OpenResult {
  /** At least one file was usable. Where none was, nothing changed. */
  readonly ok: boolean;
  readonly cancelled: boolean;
  /** One sentence for each file that was not. */
  readonly failures: readonly string[];
}

export class OpenTrace {
  readonly limits: SessionLimits;
  #open: WhatIsOpen = NOTHING_OPEN;
  #analysis: TraceAnalysis | null = null;
  /** Keys change nothing in it. */
  #merged: OneStream | null = null;
  /** What was read of the one capture while it was loaded; null once that was used, or no longer holds. */
  #live: LiveReading | null = null;

  constructor(limits: SessionLimits) {
    this.limits = limits;
  }

  get open(): WhatIsOpen {
    return this.#open;
  }

  /** Null as long as nothing was worked out. */
  get merged(): OneStream | null {
    return this.#merged;
  }

  /** Reads files and adds what is in them. Never rejects for bad input. */
  async read(files: readonly CaptureSource[], options: OpenOptions): Promise<OpenResult> {
    const batch = await openFiles(files, this.#open, this.limits, options);
    const { failures, cancelled, live } = batch;
    const ok = !cancelled && (batch.captures.length > 0 || batch.keyLogs.length > 0);
    if (!ok) return { ok, cancelled, failures };
    this.change(withBatch(this.#open, batch, options.add));
    const { captures } = this.#open;
    this.#live = captures.length === 1 && live?.isOf(captures[0]?.datagrams) ? live : null;
    return { ok, cancelled, failures };
  }

  change(change: Partial<WhatIsOpen>): void {
    const before = this.#open;
    const open = { ...before, ...change };
    const { keys, captures, ports, given } = open;
    const isOther = captures !== before.captures || ports !== before.ports;
    if (isOther) this.#merged = null;
    // Whether its key logs are the same it knows by itself.
    const otherKeys = keys.psks !== before.keys.psks || keys.rsaKeys !== before.keys.rsaKeys;
    if (isOther || otherKeys || given !== before.given) this.#live = null;
    this.#analysis = null;
    this.#open = open;
  }

  /** Opens what is open there instead. */
  adopt(other: OpenTrace): void {
    this.#open = other.#open;
    this.#analysis = other.#analysis;
    this.#merged = other.#merged;
    this.#live = other.#live;
  }

  /** Opens it there as well. What was read while it was loaded is used up by the first who needs it: here all is read again. */
  lendTo(other: OpenTrace): void {
    other.adopt(this);
    this.#live = null;
  }

  analysed(): TraceAnalysis {
    return this.#analysis ?? atOnce(this.working());
  }

  /** Works out what was not, in short steps. */
  *working(): Generator<AnalysisProgress, TraceAnalysis, void> {
    if (this.#analysis) return this.#analysis;
    const open = this.#open;
    this.#merged ??= oneStream(open.captures, open.ports);
    const before = this.#live?.finish(open.keys.logs) ?? null;
    // It is used up: with other keys everything is read once more.
    this.#live = null;
    this.#analysis = yield* workingOut(open, this.#merged, before, this.limits);
    return this.#analysis;
  }
}

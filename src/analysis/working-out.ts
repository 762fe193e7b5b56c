/** From what is open to everything that is known of it, in short steps. */
import { atOnce, retold } from './in-steps.ts';
import { Keyring } from './keyring.ts';
import type { SessionLimits } from './opening.ts';
import type { OneStream } from './points/one-stream.ts';
import { type AnalysisProgress, inPass } from './progress.ts';
import { readTraceInSteps, type TraceState } from './read-trace.ts';
import { analysisOf, type TraceAnalysis } from './trace-analysis.ts';
import type { WhatIsOpen } from './what-is-open.ts';

/** What was read, and the keys with which it was. */
export interface ReadWithKeys {
  readonly keyring: Keyring;
  readonly read: TraceState;
}

/** `before`: what was read already, and still holds. */
export function* workingOut(
  open: WhatIsOpen,
  merged: OneStream,
  before: ReadWithKeys | null,
  limits: SessionLimits,
): Generator<AnalysisProgress, TraceAnalysis, void> {
  const { keyring, read } = before ?? (yield* readAgain(open, merged, limits));
  return yield* retold(analysisOf(read, keyring, { ...open, merged }), inPass(0, read.associations.length));
}

function* readAgain(
  { keys, ports, given }: WhatIsOpen,
  { datagrams }: OneStream,
  limits: SessionLimits,
): Generator<AnalysisProgress, ReadWithKeys, void> {
  const keyring = new Keyring(keys);
  const total = datagrams.length;
  const read = yield* retold(
    readTraceInSteps(datagrams, keyring, { ports, given, ...limits }),
    (done): AnalysisProgress => ({ what: 'datagrams', done, total }),
  );
  return { keyring, read };
}

/** All steps, one after the other. */
export function workedOut(open: WhatIsOpen, merged: OneStream): TraceAnalysis {
  return atOnce(workingOut(open, merged, null, {}));
}

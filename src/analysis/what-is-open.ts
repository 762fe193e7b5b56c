/** What is open, as a value: captures, keys, and what else the analysis is made of. Whoever changes it makes another. */
import { ListedDatagrams } from '../capture/datagram-list.ts';
import { parseKeyLog } from '../crypto/keylog.ts';
import type { GivenKeys } from '../crypto/premaster.ts';
import { type Given, NOTHING_GIVEN, type SharedInput } from './given.ts';
import type { Batch, ReadWith } from './opening.ts';
import { belongTogether, type LoadedCapture } from './points/one-stream.ts';
import type { SdpFingerprint } from './sdp.ts';

export interface WhatIsOpen extends ReadWith {
  readonly captures: readonly LoadedCapture[];
  readonly fingerprints: readonly SdpFingerprint[];
  /** What the sharer of the trace tells. */
  readonly given: Given;
}

export const NO_KEYS: GivenKeys = { logs: [], psks: [], rsaKeys: [] };

export const NOTHING_OPEN: WhatIsOpen = {
  captures: [],
  keys: NO_KEYS,
  fingerprints: [],
  ports: new Set(),
  given: NOTHING_GIVEN,
};

/**
 * With what was in some files. `add`: true adds to what is open; 'auto' does so if no file is a capture, or if the
 * captures show the traffic that is open from another point. Else the captures replace those that are open.
 */
export function withBatch(open: WhatIsOpen, batch: Batch, add: boolean | 'auto'): WhatIsOpen {
  const replace = batch.captures.length > 0 && add !== true;
  const goesOn = replace && add === 'auto' && belongTogether(open.captures, batch.captures, open.ports);
  const before = replace && !goesOn ? { ...open, ...withoutCaptures(open) } : open;
  const captures = [...before.captures];
  for (const capture of batch.captures) {
    capture.datagrams.renumber(captures.length);
    captures.push(capture);
  }
  return { ...before, captures, keys: { ...before.keys, logs: [...before.keys.logs, ...batch.keyLogs] } };
}

/** Keys that were dropped before any capture wait for the first; keys of the capture before go with it. */
function withoutCaptures({ captures, keys }: WhatIsOpen): Pick<WhatIsOpen, 'captures' | 'keys' | 'given'> {
  return { captures: [], keys: captures.length > 0 ? { ...keys, logs: [] } : keys, given: NOTHING_GIVEN };
}

/** A trace that somebody shared, instead of what is open. */
export function sharedInstead(open: WhatIsOpen, { captures, keyLog, ports, given }: SharedInput): WhatIsOpen {
  // Keys that were given before anything was open wait for it, as for any capture.
  const keys = open.captures.length === 0 ? open.keys : NO_KEYS;
  return {
    captures: captures.map((one) => ({ ...one, datagrams: new ListedDatagrams(one.datagrams) })),
    keys: keyLog === '' ? keys : { ...keys, logs: [...keys.logs, parseKeyLog(keyLog, 'the shared trace')] },
    fingerprints: [],
    ports: new Set(ports),
    given,
  };
}

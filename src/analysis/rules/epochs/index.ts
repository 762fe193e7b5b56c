import type { Rule, TraceRule } from '../rule.ts';
import { appdataBeforeFinished } from './appdata-before-finished.ts';
import { ccsLost } from './ccs-lost.ts';
import { corruptedRecord } from './corrupted-record.ts';
import { duplicateByNetwork } from './duplicate-by-network.ts';
import { epochGap } from './epoch-gap.ts';
import { finishedBeforeCcs } from './finished-before-ccs.ts';
import { plaintextAfterKeys } from './plaintext-after-keys.ts';
import { reordering } from './reordering.ts';
import { replayWindowDrop } from './replay-window-drop.ts';
import { replayedAppdata } from './replayed-appdata.ts';
import { seqNotIncreasingOnServerHello } from './seq-not-increasing-on-serverhello.ts';

export const EPOCH_RULES: readonly (Rule | TraceRule)[] = [
  appdataBeforeFinished,
  finishedBeforeCcs,
  ccsLost,
  reordering,
  replayWindowDrop,
  duplicateByNetwork,
  replayedAppdata,
  corruptedRecord,
  plaintextAfterKeys,
  seqNotIncreasingOnServerHello,
  epochGap,
];

import type { Rule, TraceRule } from '../rule.ts';
import { badFragmentHeader } from './bad-fragment-header.ts';
import { datagramTruncated } from './datagram-truncated.ts';
import { fragmentedClientHelloIgnored } from './fragmented-clienthello-ignored.ts';
import { ipFragmentsLost } from './ip-fragments-lost.ts';
import { partialFlightHeldUp } from './partial-flight-held-up.ts';
import { pmtuBlackHole } from './pmtu-black-hole.ts';
import { refragmentedRetransmissionNotReassembled } from './refragmented-retransmission-not-reassembled.ts';
import { tinyMtu208 } from './tiny-mtu-208.ts';

export const FRAGMENTATION_RULES: readonly (Rule | TraceRule)[] = [
  pmtuBlackHole,
  fragmentedClientHelloIgnored,
  partialFlightHeldUp,
  refragmentedRetransmissionNotReassembled,
  tinyMtu208,
  ipFragmentsLost,
  badFragmentHeader,
  datagramTruncated,
];

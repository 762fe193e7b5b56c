import type { Rule, TraceRule } from '../rule.ts';
import { answerFromOtherAddress } from './answer-from-other-address.ts';
import { cookieTupleChanged } from './cookie-tuple-changed.ts';
import { dpiDropsClientHello } from './dpi-drops-clienthello.ts';
import { icmpPortUnreachable } from './icmp-port-unreachable.ts';
import { natRebindingNoCid } from './nat-rebinding-no-cid.ts';
import { noAnswerToClientHello } from './no-answer-to-clienthello.ts';
import { oneWayDownlinkDead } from './one-way-downlink-dead.ts';

export const REACHABILITY_RULES: readonly (Rule | TraceRule)[] = [
  noAnswerToClientHello,
  icmpPortUnreachable,
  answerFromOtherAddress,
  oneWayDownlinkDead,
  natRebindingNoCid,
  cookieTupleChanged,
  dpiDropsClientHello,
];

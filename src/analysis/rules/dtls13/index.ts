import type { Rule, TraceRule } from '../rule.ts';
import { earlyDataRejected } from './0rtt-rejected.ts';
import { ackEpochViolation } from './ack-epoch-violation.ts';
import { ackOfUnprocessed } from './ack-of-unprocessed.ts';
import { ackStormDuplicateFlight } from './ack-storm-duplicate-flight.ts';
import { aeadLimit } from './aead-limit.ts';
import { emptyAckServerHelloLost } from './empty-ack-serverhello-lost.ts';
import { finalAckLost } from './final-ack-lost.ts';
import { heartbeat } from './heartbeat.ts';
import { keyUpdateNotAcked } from './keyupdate-not-acked.ts';
import { ticketAckLostLoop } from './ticket-ack-lost-loop.ts';
import { tooManyRecordsFlight } from './too-many-records-flight.ts';

export const DTLS13_RULES: readonly (Rule | TraceRule)[] = [
  finalAckLost,
  ticketAckLostLoop,
  keyUpdateNotAcked,
  aeadLimit,
  ackOfUnprocessed,
  ackEpochViolation,
  earlyDataRejected,
  tooManyRecordsFlight,
  heartbeat,
  emptyAckServerHelloLost,
  ackStormDuplicateFlight,
];

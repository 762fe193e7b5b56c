import type { Rule, TraceRule } from '../rule.ts';
import { fastLossRandom } from './fast-loss-random.ts';
import { finalFlightHolderSilent } from './final-flight-holder-silent.ts';
import { finalFlightLostRecovered } from './final-flight-lost-recovered.ts';
import { flightLostAndRecovered } from './flight-lost-and-recovered.ts';
import { gaveUp } from './gave-up.ts';
import { newSessionTicketLostAbort } from './new-session-ticket-lost-abort.ts';
import { noRetransmissionAtAll } from './no-retransmission-at-all.ts';
import { resumptionClientFinalFlightNotRepeated } from './resumption-client-final-flight-not-repeated.ts';
import { retransmissionReusesRecordNumber } from './retransmission-reuses-record-number.ts';
import { retransmissionStorm } from './retransmission-storm.ts';
import { slowPeerCrypto } from './slow-peer-crypto.ts';
import { spuriousRetransmissionRtt } from './spurious-retransmission-rtt.ts';
import { timerTooAggressive } from './timer-too-aggressive.ts';
import { timerTooSlow } from './timer-too-slow.ts';

export const LOSS_RULES: readonly (Rule | TraceRule)[] = [
  flightLostAndRecovered,
  spuriousRetransmissionRtt,
  slowPeerCrypto,
  finalFlightLostRecovered,
  newSessionTicketLostAbort,
  finalFlightHolderSilent,
  resumptionClientFinalFlightNotRepeated,
  retransmissionReusesRecordNumber,
  noRetransmissionAtAll,
  timerTooAggressive,
  timerTooSlow,
  retransmissionStorm,
  gaveUp,
  fastLossRandom,
];

import type { Rule, TraceRule } from '../rule.ts';
import { epochWrapOrCounterExhaustion } from './epoch-wrap-or-counter-exhaustion.ts';
import { helloRequestIgnored } from './hello-request-ignored.ts';
import { renegotiationCrossing } from './renegotiation-crossing.ts';
import { renegotiationRefused } from './renegotiation-refused.ts';
import { resumptionDeclined } from './resumption-declined.ts';
import { resumptionFailed } from './resumption-failed.ts';
import { resumptionInsteadOfRenegotiation } from './resumption-instead-of-renegotiation.ts';

export const RESUMPTION_RULES: readonly (Rule | TraceRule)[] = [
  resumptionDeclined,
  resumptionFailed,
  resumptionInsteadOfRenegotiation,
  renegotiationRefused,
  helloRequestIgnored,
  renegotiationCrossing,
  epochWrapOrCounterExhaustion,
];

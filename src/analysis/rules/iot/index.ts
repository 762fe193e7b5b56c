import type { Rule, TraceRule } from '../rule.ts';
import { capwapJoin } from './capwap-join.ts';
import { hueEntertainment } from './hue-entertainment.ts';
import { idleSessionDropped } from './idle-session-dropped.ts';
import { observeOrRequestAcrossEpochs } from './observe-or-request-across-epochs.ts';
import { radiusDtls } from './radius-dtls.ts';
import { rfc7925ProfileCheck } from './rfc7925-profile-check.ts';
import { tradfri } from './tradfri.ts';
import { vpnDtlsFallback } from './vpn-dtls-fallback.ts';

export const IOT_RULES: readonly (Rule | TraceRule)[] = [
  rfc7925ProfileCheck,
  idleSessionDropped,
  observeOrRequestAcrossEpochs,
  hueEntertainment,
  tradfri,
  radiusDtls,
  vpnDtlsFallback,
  capwapJoin,
];

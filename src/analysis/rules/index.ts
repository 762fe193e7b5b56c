/** RULES: everything that is looked for. A newcomer adds a file to a group's folder and a line to its index. */
import { ALERT_RULES } from './alerts/index.ts';
import { CERTIFICATE_RULES } from './certificates/index.ts';
import { COOKIE_RULES } from './cookies/index.ts';
import { DTLS13_RULES } from './dtls13/index.ts';
import { EPOCH_RULES } from './epochs/index.ts';
import { FRAGMENTATION_RULES } from './fragmentation/index.ts';
import { IOT_RULES } from './iot/index.ts';
import { LOSS_RULES } from './loss/index.ts';
import { NEGOTIATION_RULES } from './negotiation/index.ts';
import { PSK_RULES } from './psk/index.ts';
import { REACHABILITY_RULES } from './reachability/index.ts';
import { REASSOCIATION_RULES } from './reassociation/index.ts';
import { RESUMPTION_RULES } from './resumption/index.ts';
import type { Rule, TraceRule } from './rule.ts';
import { SECURITY_RULES } from './security/index.ts';
import { WEBRTC_RULES } from './webrtc/index.ts';

export const RULES: readonly (Rule | TraceRule)[] = [
  ...REACHABILITY_RULES,
  ...COOKIE_RULES,
  ...NEGOTIATION_RULES,
  ...CERTIFICATE_RULES,
  ...FRAGMENTATION_RULES,
  ...LOSS_RULES,
  ...PSK_RULES,
  ...REASSOCIATION_RULES,
  ...RESUMPTION_RULES,
  ...ALERT_RULES,
  ...EPOCH_RULES,
  ...WEBRTC_RULES,
  ...IOT_RULES,
  ...DTLS13_RULES,
  ...SECURITY_RULES,
];

import type { Rule, TraceRule } from '../rule.ts';
import { alertIgnored } from './alert-ignored.ts';
import { badRecordMacAlert } from './bad-record-mac-alert.ts';
import { encryptedAlertEndedIt } from './encrypted-alert-ended-it.ts';
import { noCloseNotify } from './no-close-notify.ts';
import { plaintextAlert } from './plaintext-alert.ts';
import { spoofableAlertAccepted } from './spoofable-alert-accepted.ts';

export const ALERT_RULES: readonly (Rule | TraceRule)[] = [
  plaintextAlert,
  alertIgnored,
  encryptedAlertEndedIt,
  spoofableAlertAccepted,
  noCloseNotify,
  badRecordMacAlert,
];

import type { Rule, TraceRule } from '../rule.ts';
import { autoSenseFellBackTo12 } from './auto-sense-fell-back-to-12.ts';
import { emsMismatch } from './ems-mismatch.ts';
import { forbiddenIn13 } from './hvr-from-13-server-or-13-forbidden-features.ts';
import { labelPrefixBug13 } from './label-prefix-bug-13.ts';
import { noSharedCipher } from './no-shared-cipher.ts';
import { noSharedGroupOrSigalg } from './no-shared-group-or-sigalg.ts';
import { recordSizeLimitOrMflViolated } from './record-size-limit-or-mfl-violated.ts';
import { renegotiationInfoMissing } from './renegotiation-info-missing.ts';
import { secondHrrOrKeyshareLoop } from './second-hrr-or-keyshare-loop.ts';
import { suiteVsCertificateType } from './suite-vs-certificate-type.ts';
import { versionMismatch } from './version-mismatch.ts';

export const NEGOTIATION_RULES: readonly (Rule | TraceRule)[] = [
  versionMismatch,
  noSharedCipher,
  suiteVsCertificateType,
  noSharedGroupOrSigalg,
  secondHrrOrKeyshareLoop,
  renegotiationInfoMissing,
  emsMismatch,
  forbiddenIn13,
  labelPrefixBug13,
  autoSenseFellBackTo12,
  recordSizeLimitOrMflViolated,
];

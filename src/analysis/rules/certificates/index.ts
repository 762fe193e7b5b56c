import type { Rule, TraceRule } from '../rule.ts';
import { certUntrusted } from './cert-untrusted.ts';
import { certVerifyFailed } from './cert-verify-failed.ts';
import { chainTooBig } from './chain-too-big.ts';
import { clientCertRequired } from './client-cert-required.ts';
import { missingCertificateVerify } from './missing-certificate-verify.ts';
import { rawPublicKeyNotNegotiated } from './raw-public-key-not-negotiated.ts';
import { wrongKeyUsage } from './wrong-key-usage.ts';

export const CERTIFICATE_RULES: readonly (Rule | TraceRule)[] = [
  certUntrusted,
  clientCertRequired,
  certVerifyFailed,
  missingCertificateVerify,
  rawPublicKeyNotNegotiated,
  wrongKeyUsage,
  chainTooBig,
];

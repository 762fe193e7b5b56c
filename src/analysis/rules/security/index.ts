import type { Rule, TraceRule } from '../rule.ts';
import { captureProblems } from './capture-problems.ts';
import { constantCookie } from './constant-cookie.ts';
import { handshakeSkippedMessage } from './handshake-skipped-message.ts';
import { helloFloodOutOfOrder } from './hello-flood-out-of-order.ts';
import { nonceReuse } from './nonce-reuse.ts';
import { predictableRandom } from './predictable-random.ts';
import { pskCrackable } from './psk-crackable.ts';
import { randomGcmNonce } from './random-gcm-nonce.ts';
import { renegotiationInsecure } from './renegotiation-insecure.ts';
import { stackGuess } from './stack-guess.ts';
import { weakParameters } from './weak-parameters.ts';

export const SECURITY_RULES: readonly (Rule | TraceRule)[] = [
  weakParameters,
  randomGcmNonce,
  nonceReuse,
  constantCookie,
  predictableRandom,
  handshakeSkippedMessage,
  helloFloodOutOfOrder,
  renegotiationInsecure,
  stackGuess,
  captureProblems,
  pskCrackable,
];

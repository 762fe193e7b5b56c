import type { Rule, TraceRule } from '../rule.ts';
import { ecjpakeFailed } from './ecjpake-failed.ts';
import { pskHintOrDheConfusion } from './psk-hint-or-dhe-confusion.ts';
import { pskIdentityExposed } from './psk-identity-exposed.ts';
import { unknownPskIdentity } from './unknown-psk-identity.ts';
import { wrongPsk } from './wrong-psk.ts';

export const PSK_RULES: readonly (Rule | TraceRule)[] = [
  wrongPsk,
  unknownPskIdentity,
  pskIdentityExposed,
  pskHintOrDheConfusion,
  ecjpakeFailed,
];

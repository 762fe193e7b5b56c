import type { Rule, TraceRule } from '../rule.ts';
import { associationDestroyedWithoutReachability } from './association-destroyed-without-reachability.ts';
import { cidAddressUpdate } from './cid-address-update.ts';
import { cidMissingAfterNegotiation } from './cid-missing-after-negotiation.ts';
import { cidUnknownAtServer } from './cid-unknown-at-server.ts';
import { closeNotUnderstood } from './close-not-understood.ts';
import { oldRecordsInNewAssociation } from './old-records-in-new-association.ts';
import { rebootSameQuartetHvrUnanswered } from './reboot-same-quartet-hvr-unanswered.ts';
import { rebootSameQuartetIgnored } from './reboot-same-quartet-ignored.ts';
import { rebootSameQuartetOk } from './reboot-same-quartet-ok.ts';
import { roleReversalClientHello } from './role-reversal-clienthello.ts';
import { serverLostState } from './server-lost-state.ts';
import { simultaneousClientHello } from './simultaneous-clienthello.ts';

export const REASSOCIATION_RULES: readonly (Rule | TraceRule)[] = [
  rebootSameQuartetIgnored,
  rebootSameQuartetHvrUnanswered,
  rebootSameQuartetOk,
  associationDestroyedWithoutReachability,
  roleReversalClientHello,
  simultaneousClientHello,
  serverLostState,
  closeNotUnderstood,
  cidMissingAfterNegotiation,
  cidUnknownAtServer,
  cidAddressUpdate,
  oldRecordsInNewAssociation,
];

/** A shared trace that is shared on: what its sharer kept back stays back, and nothing is claimed that it does not hold. */
import type { ShareChoices } from './choices.ts';
import type { Redactions, SharedEndpoint, SharedTrace } from './shared-trace.ts';

/** Of the trace that is open. */
export interface Received {
  readonly redactions: Redactions;
  readonly endpoints: readonly SharedEndpoint[];
}

/** From what shows most to what shows least. */
const ORDER: { readonly [Key in Exclude<keyof Redactions, 'keys' | 'altered'>]: readonly Redactions[Key][] } = {
  scope: ['all', 'association', 'time-range'],
  applicationData: ['bodies', 'lengths', 'marks'],
  addresses: ['kept', 'replaced'],
  clock: ['kept', 'relative'],
  names: ['kept', 'blanked'],
  certificates: ['kept', 'digests'],
};

/** What is to be taken out of it once more: what is out already is not taken for the real thing. */
export function withinReceived(choices: ShareChoices, received: Received | null): ShareChoices {
  if (!received) return choices;
  const { redactions: before } = received;
  return {
    ...choices,
    applicationData: least('applicationData', choices.applicationData, before.applicationData),
    clock: least('clock', choices.clock, before.clock),
    // They stand for real ones already, and stay the same for the same.
    addresses: before.addresses === 'replaced' ? 'kept' : choices.addresses,
  };
}

/** The redactions of both sharers. */
export function sharedOn(trace: SharedTrace, received: Received | null): SharedTrace {
  if (!received) return trace;
  const { redactions: now } = trace;
  const { redactions: before } = received;
  const reach = new Map(received.endpoints.map((end) => [end.address, end.reach]));
  return {
    ...trace,
    redactions: {
      scope: least('scope', now.scope, before.scope),
      applicationData: least('applicationData', now.applicationData, before.applicationData),
      addresses: least('addresses', now.addresses, before.addresses),
      clock: least('clock', now.clock, before.clock),
      names: least('names', now.names, before.names),
      certificates: least('certificates', now.certificates, before.certificates),
      keys: now.keys,
      altered: now.altered || before.altered,
    },
    endpoints:
      before.addresses === 'replaced'
        ? trace.endpoints.map((end) => ({ ...end, reach: reach.get(end.address) ?? end.reach }))
        : trace.endpoints,
  };
}

function least<Key extends keyof typeof ORDER>(key: Key, a: Redactions[Key], b: Redactions[Key]): Redactions[Key] {
  const order: readonly Redactions[Key][] = ORDER[key];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
}

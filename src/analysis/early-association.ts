/** What can be said of an association while its capture is still being read: a row of the list, without findings. */
import type { AssociationState } from './association-state.ts';
import { parametersOf } from './parameters.ts';
import type { Association } from './trace.ts';

export interface EarlyAssociation
  extends Pick<
    Association,
    | 'id'
    | 'rolesKnown'
    | 'client'
    | 'server'
    | 'version'
    | 'cipherSuite'
    | 'serverName'
    | 'pskIdentity'
    /** Milliseconds since the first packet of its capture. */
    | 'startMs'
  > {
  /** Those that were read so far. */
  readonly records: { readonly total: number };
}

/** @param timeMs of a record, by its index. */
export function earlyAssociation(state: AssociationState, timeMs: (record: number) => number): EarlyAssociation {
  const hellos = state.handshakes.find((h) => h.serverHello || h.clientHello) ?? null;
  const { version, cipherSuite, serverName, pskIdentity } = parametersOf(hellos);
  return {
    id: state.id,
    rolesKnown: state.rolesKnown,
    client: state.endpoints[0],
    server: state.endpoints[1],
    version,
    cipherSuite,
    serverName,
    pskIdentity,
    startMs: timeMs(state.firstRecord),
    records: { total: state.recordCount },
  };
}

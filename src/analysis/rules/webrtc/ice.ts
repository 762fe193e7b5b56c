/** What is around the DTLS of WebRTC: connectivity checks (STUN) and media on the same ports. */
import type { Endpoint } from '../../../capture/datagram.ts';
import { hasExtension } from '../../../dtls/extensions/extensions.ts';
import { EXTENSION_TYPE } from '../../../dtls/registry.ts';
import { firstOf, type Sight, type StunFacts, type TupleFacts } from '../../surrounding-facts.ts';
import type { Surroundings } from '../../surroundings.ts';
import { tupleOf } from '../around.ts';
import type { Evidence } from '../rule.ts';
import type { Subject } from '../subject.ts';

export function stunOf(subject: Subject): StunFacts | null {
  return tupleOf(subject)?.stun ?? null;
}

/** Connectivity checks on its ports, or an offer of SRTP. */
export function isWebRtc(subject: Subject): boolean {
  return offersSrtp(subject) || stunOf(subject) !== null;
}

export function offersSrtp({ clientHello }: Subject): boolean {
  return clientHello !== null && hasExtension(clientHello.extensions, EXTENSION_TYPE.useSrtp);
}

/** The first answer to a check, whoever gave it: from then on the path is known to work. */
export const firstSuccess = ({ flows }: StunFacts): Sight | null => firstOf(flows.success);

export const packetEvidence = ({ packet, timeMs }: Sight, says: string): Evidence => ({ packet, timeMs, says });

const known = new WeakMap<Surroundings, readonly TupleFacts[]>();

/** The pairs of ports on which a check was answered; found once for a trace. */
export function answeredPairs(surroundings: Surroundings): readonly TupleFacts[] {
  const before = known.get(surroundings);
  if (before) return before;
  const pairs = surroundings.tuples().filter(({ stun }) => stun && firstSuccess(stun));
  known.set(surroundings, pairs);
  return pairs;
}

const mediaPorts = new WeakMap<Surroundings, ReadonlyMap<string, TupleFacts>>();

/** A pair on which this endpoint took part in an answered check; undefined where there is none. */
export function pairAt(surroundings: Surroundings, endpoint: Endpoint): TupleFacts | undefined {
  let ports = mediaPorts.get(surroundings);
  if (!ports) {
    ports = new Map(
      answeredPairs(surroundings).flatMap((pair) => [pair.a, pair.b].map((e) => [key(e), pair] as const)),
    );
    mediaPorts.set(surroundings, ports);
  }
  return ports.get(key(endpoint));
}

const key = ({ address, port }: Endpoint): string => `${address} ${port}`;

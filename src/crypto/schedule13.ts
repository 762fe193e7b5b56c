/** Key schedule of DTLS 1.3 from traffic secrets on (RFC 8446 §7.2, §7.3; RFC 9147 §5.9): what a key log allows. */
import { Hmac } from './hashes.ts';
import { expandLabelToDigest, labelExpander } from './hkdf.ts';
import type { CipherSuite, PrfHash } from './suites.ts';

/** What one direction writes with in one epoch. */
export interface TrafficKeys {
  readonly key: Uint8Array;
  /** 12 bytes. */
  readonly iv: Uint8Array;
  /** The key that hides sequence numbers, as long as `key` (RFC 9147 §4.2.3). */
  readonly sn: Uint8Array;
}

const IV_LENGTH = 12;
const NO_CONTEXT = new Uint8Array(0);

/** Null where the suite is not one of 1.3, or where no cipher here can open its records. */
export function deriveTrafficKeys(suite: CipherSuite, trafficSecret: Uint8Array): TrafficKeys | null {
  if (!suite.tls13 || suite.protection?.kind !== 'aead') return null;
  const { keyLength } = suite.protection;
  const expand = labelExpander(suite.prfHash, trafficSecret);
  return {
    key: expand('key', NO_CONTEXT, keyLength),
    iv: expand('iv', NO_CONTEXT, IV_LENGTH),
    sn: expand('sn', NO_CONTEXT, keyLength),
  };
}

/** The application traffic secret after a KeyUpdate (RFC 8446 §7.2). */
export function nextTrafficSecret(prfHash: PrfHash, trafficSecret: Uint8Array): Uint8Array {
  return expandLabelToDigest(prfHash, trafficSecret, 'traffic upd');
}

/** RFC 8446 §4.4.4. @param baseSecret the handshake traffic secret of the sender. */
export function deriveFinishedKey(prfHash: PrfHash, baseSecret: Uint8Array): Uint8Array {
  return expandLabelToDigest(prfHash, baseSecret, 'finished');
}

/**
 * verify_data of Finished (RFC 8446 §4.4.4), as long as the digest.
 * @param transcriptHash over all messages before this Finished, see `Transcript13`.
 */
export function verifyData13(prfHash: PrfHash, baseSecret: Uint8Array, transcriptHash: Uint8Array): Uint8Array {
  return new Hmac(prfHash, deriveFinishedKey(prfHash, baseSecret)).mac(transcriptHash);
}

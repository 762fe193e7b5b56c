/** ECJPAKEKeyKP (draft-cragie-tls-ecjpake §7.2.1): a public key and the proof that its sender knows the private one. */
import type { ByteReader } from '../../wire/reader.ts';

export interface EcjpakeKeyKp {
  readonly publicKey: Uint8Array;
  /** Schnorr proof: V and r. */
  readonly proofPoint: Uint8Array;
  readonly proofScalar: Uint8Array;
}

export function decodeEcjpakeKeyKp(r: ByteReader): EcjpakeKeyKp {
  return r.group('ECJPAKEKeyKP', () => ({
    publicKey: r.vector('X', 1),
    proofPoint: r.vector('V', 1),
    proofScalar: r.vector('r', 1),
  }));
}

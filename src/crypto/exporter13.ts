/** Keying material exporter of DTLS 1.3: RFC 8446 §7.5 with the label prefix of RFC 9147 §5.9. */
import { HASH_LENGTHS, hash } from './hashes.ts';
import { hkdfExpandLabel } from './hkdf.ts';
import type { PrfHash } from './suites.ts';

export interface ExporterInput13 {
  readonly prfHash: PrfHash;
  /** exporter_master_secret (`EXPORTER_SECRET`), or early_exporter_master_secret (`EARLY_EXPORTER_SECRET`). */
  readonly exporterSecret: Uint8Array;
  readonly label: string;
  /** Empty and absent are the same here, unlike in 1.2. */
  readonly context: Uint8Array;
  /** Bytes wanted. */
  readonly length: number;
  /** `tls13 ` for TLS, with its space; absent: that of DTLS. */
  readonly prefix?: string;
}

export function exportKeyingMaterial13(input: ExporterInput13): Uint8Array {
  const { prfHash, exporterSecret, label, context, length, prefix } = input;
  const noMessages = hash(prfHash, new Uint8Array());
  const derived = hkdfExpandLabel(prfHash, exporterSecret, label, noMessages, HASH_LENGTHS[prfHash], prefix);
  return hkdfExpandLabel(prfHash, derived, 'exporter', hash(prfHash, context), length, prefix);
}

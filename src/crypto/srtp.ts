/**
 * What DTLS-SRTP takes from a handshake: the master keys and salts of both directions (RFC 5764 §4.2), by the
 * exporter of 1.2 (RFC 5705) or of 1.3 (RFC 8446 §7.5).
 */
import { exportKeyingMaterial13 } from './exporter13.ts';
import { exportKeyingMaterial, type PrfChoice } from './schedule12.ts';
import type { PrfHash } from './suites.ts';

/** What SRTP of one direction starts from. */
export interface SrtpMasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export interface SrtpKeyingMaterial {
  /** What the DTLS client sends with. */
  readonly client: SrtpMasterKey;
  readonly server: SrtpMasterKey;
}

export interface SrtpProfile {
  /** IANA name, verbatim. */
  readonly name: string;
  /** Bytes of master key and master salt. */
  readonly keyLength: number;
  readonly saltLength: number;
}

const LABEL = 'EXTRACTOR-dtls_srtp';

/** DTLS-SRTP protection profiles by number. The NULL profiles of RFC 5764 have no keys to export and are left out. */
export const SRTP_PROFILES: ReadonlyMap<number, SrtpProfile> = new Map([
  [0x0001, profile('SRTP_AES128_CM_HMAC_SHA1_80', 16, 14)],
  [0x0002, profile('SRTP_AES128_CM_HMAC_SHA1_32', 16, 14)],
  [0x0007, profile('SRTP_AEAD_AES_128_GCM', 16, 12)],
  [0x0008, profile('SRTP_AEAD_AES_256_GCM', 32, 12)],
  [0x0009, profile('DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM', 32, 24)],
  [0x000a, profile('DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM', 64, 24)],
  [0x000b, profile('SRTP_ARIA_128_CTR_HMAC_SHA1_80', 16, 14)],
  [0x000c, profile('SRTP_ARIA_128_CTR_HMAC_SHA1_32', 16, 14)],
  [0x000d, profile('SRTP_ARIA_256_CTR_HMAC_SHA1_80', 32, 14)],
  [0x000e, profile('SRTP_ARIA_256_CTR_HMAC_SHA1_32', 32, 14)],
  [0x000f, profile('SRTP_AEAD_ARIA_128_GCM', 16, 12)],
  [0x0010, profile('SRTP_AEAD_ARIA_256_GCM', 32, 12)],
]);

export interface SrtpInput12 extends PrfChoice {
  readonly profile: SrtpProfile;
  readonly masterSecret: Uint8Array;
  /** 32 bytes each. */
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** DTLS 1.0 and 1.2. */
export function srtpKeyingMaterial12({ profile, ...input }: SrtpInput12): SrtpKeyingMaterial {
  return split(profile, exportKeyingMaterial({ ...input, label: LABEL, length: lengthOf(profile) }));
}

export interface SrtpInput13 {
  readonly profile: SrtpProfile;
  readonly prfHash: PrfHash;
  /** `EXPORTER_SECRET` of a key log: exporter_master_secret. */
  readonly exporterSecret: Uint8Array;
}

/** DTLS 1.3. */
export function srtpKeyingMaterial13({ profile, prfHash, exporterSecret }: SrtpInput13): SrtpKeyingMaterial {
  const context = new Uint8Array();
  return split(
    profile,
    exportKeyingMaterial13({ prfHash, exporterSecret, label: LABEL, context, length: lengthOf(profile) }),
  );
}

function lengthOf({ keyLength, saltLength }: SrtpProfile): number {
  return 2 * (keyLength + saltLength);
}

/** RFC 5764 §4.2: client key, server key, client salt, server salt. */
function split({ keyLength, saltLength }: SrtpProfile, material: Uint8Array): SrtpKeyingMaterial {
  const salts = 2 * keyLength;
  return {
    client: { key: material.slice(0, keyLength), salt: material.slice(salts, salts + saltLength) },
    server: { key: material.slice(keyLength, salts), salt: material.slice(salts + saltLength) },
  };
}

function profile(name: string, keyLength: number, saltLength: number): SrtpProfile {
  return { name, keyLength, saltLength };
}

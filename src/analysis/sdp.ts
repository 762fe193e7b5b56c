/** The fingerprints of certificates in session descriptions (RFC 8122 §5), given to be held against what was sent. */
import { HASH_LENGTHS } from '../crypto/hashes.ts';
import { fingerprintSdp, SDP_HASHES, type SdpHash } from '../crypto/x509.ts';

export interface SdpFingerprint {
  /** `sha-256 AA:BB:…`, the hash in small and the digest in capital letters. */
  readonly text: string;
  readonly hash: SdpHash;
  /** The file or form it came from. */
  readonly source: string;
}

/** A description has one for each m-line; more than this is no description. */
const MOST = 256;

const ATTRIBUTE = /\bfingerprint:\s*([a-z0-9-]+)\s+((?:[0-9a-f]{2}:)*[0-9a-f]{2})(?![0-9a-f:])/gi;

/** Each once. From the attributes alone, so that JSON with SDP in it, a log or a few lines do as well. */
export function parseFingerprints(text: string, source: string): readonly SdpFingerprint[] {
  const found = new Map<string, SdpFingerprint>();
  for (const [, name = '', digest = ''] of text.matchAll(ATTRIBUTE)) {
    const hash = name.toLowerCase();
    if (!isSdpHash(hash) || digest.split(':').length !== HASH_LENGTHS[SDP_HASHES[hash]]) continue;
    const written = `${hash} ${digest.toUpperCase()}`;
    if (!found.has(written)) found.set(written, { text: written, hash, source });
    if (found.size >= MOST) break;
  }
  return [...found.values()];
}

const isSdpHash = (name: string): name is SdpHash => Object.hasOwn(SDP_HASHES, name);

/** The one of them that this certificate has; undefined where none fits. */
export function matching(fingerprints: readonly SdpFingerprint[], der: Uint8Array): SdpFingerprint | undefined {
  return fingerprints.find(({ text, hash }) => fingerprintSdp(der, hash) === text);
}

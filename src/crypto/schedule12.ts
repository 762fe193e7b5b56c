/**
 * Key schedule of DTLS 1.0 and 1.2: premaster secret → master secret → the write keys of both directions
 * (RFC 5246 §6.3, §8.1), extended master secret (RFC 7627), Finished (§7.4.9) and exporters (RFC 5705).
 */
import { concat } from '../wire/text.ts';
import { isVersion12, prf } from './prf.ts';
import type { CipherSuite, PrfHash, ProtectionSpec } from './suites.ts';

/** What the PRF depends on. `version` is the negotiated one: 0xfefd, 0xfeff or 0x0100. */
export interface PrfChoice {
  readonly version: number;
  readonly prfHash: PrfHash;
}

export interface MasterSecretInput extends PrfChoice {
  readonly premaster: Uint8Array;
  /** 32 bytes each. */
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

export interface ExtendedMasterSecretInput extends PrfChoice {
  readonly premaster: Uint8Array;
  /** Transcript hash up to and including ClientKeyExchange (`finishedHash` names the hash). */
  readonly sessionHash: Uint8Array;
}

export interface KeyBlockInput {
  readonly suite: CipherSuite;
  readonly version: number;
  readonly masterSecret: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
}

/** What one direction writes with. Arrays are empty where the suite has no such part. */
export interface WriteKeys {
  readonly macKey: Uint8Array;
  readonly key: Uint8Array;
  /** The fixed part of AEAD nonces; empty for CBC, whose IV is in every record of DTLS. */
  readonly iv: Uint8Array;
}

export interface KeyBlock {
  readonly client: WriteKeys;
  readonly server: WriteKeys;
}

/** Bytes of a master secret. */
export const MASTER_SECRET_LENGTH = 48;
const VERIFY_DATA_LENGTH = 12;

/** RFC 5246 §8.1: 48 bytes. */
export function deriveMasterSecret(input: MasterSecretInput): Uint8Array {
  const seed = concat(input.clientRandom, input.serverRandom);
  return prf(input.version, input.prfHash, input.premaster, 'master secret', seed, MASTER_SECRET_LENGTH);
}

/** RFC 7627 §4: 48 bytes, bound to the transcript instead of the randoms. */
export function deriveExtendedMasterSecret(input: ExtendedMasterSecretInput): Uint8Array {
  const { version, prfHash, premaster, sessionHash } = input;
  return prf(version, prfHash, premaster, 'extended master secret', sessionHash, MASTER_SECRET_LENGTH);
}

/**
 * RFC 4279 §2: the premaster secret of PSK suites. `other` is the (EC)DH shared secret, or in RSA_PSK the 48 bytes
 * that were encrypted to the server; absent in plain PSK, where zeros of the length of the PSK take its place.
 */
export function pskPremaster(psk: Uint8Array, other: Uint8Array = new Uint8Array(psk.length)): Uint8Array {
  return concat(uint16(other.length), other, uint16(psk.length), psk);
}

/** RFC 5246 §6.3. Null where no cipher here can open records of the suite, or where it is one of 1.3. */
export function deriveKeyBlock(input: KeyBlockInput): KeyBlock | null {
  const { suite, version, masterSecret } = input;
  if (suite.protection === null || suite.tls13) return null;
  const [macLength, keyLength, ivLength] = partLengths(suite.protection);
  const seed = concat(input.serverRandom, input.clientRandom); // server first, unlike everywhere else
  const total = 2 * (macLength + keyLength + ivLength);
  const block = prf(version, suite.prfHash, masterSecret, 'key expansion', seed, total);
  let at = 0;
  const take = (length: number) => {
    at += length;
    return block.slice(at - length, at);
  };
  const [clientMac, serverMac] = [take(macLength), take(macLength)];
  const [clientKey, serverKey] = [take(keyLength), take(keyLength)];
  const [clientIv, serverIv] = [take(ivLength), take(ivLength)];
  return {
    client: { macKey: clientMac, key: clientKey, iv: clientIv },
    server: { macKey: serverMac, key: serverKey, iv: serverIv },
  };
}

/** Lengths in bytes of MAC key, key and IV in the key block. */
function partLengths(protection: ProtectionSpec): readonly [mac: number, key: number, iv: number] {
  switch (protection.kind) {
    case 'aead':
      return [0, protection.keyLength, protection.fixedIvLength];
    case 'cbc':
      return [protection.macLength, protection.keyLength, 0]; // RFC 4346 §6.3: no IV in the key block
    case 'null':
      return [protection.macLength, 0, 0];
  }
}

/** Which transcript hash Finished and the extended master secret of this version use. */
export function finishedHash(choice: PrfChoice): PrfHash | 'md5sha1' {
  return isVersion12(choice.version) ? choice.prfHash : 'md5sha1';
}

/**
 * verify_data of Finished (RFC 5246 §7.4.9), 12 bytes.
 * @param transcriptHash over all messages before this Finished, by the hash that `finishedHash` names.
 */
export function verifyData(
  choice: PrfChoice,
  masterSecret: Uint8Array,
  sender: 'client' | 'server',
  transcriptHash: Uint8Array,
): Uint8Array {
  const label = sender === 'client' ? 'client finished' : 'server finished';
  return prf(choice.version, choice.prfHash, masterSecret, label, transcriptHash, VERIFY_DATA_LENGTH);
}

export interface ExporterInput extends PrfChoice {
  readonly masterSecret: Uint8Array;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  /** For SRTP: `EXTRACTOR-dtls_srtp` (RFC 5764 §4.2). */
  readonly label: string;
  /** Absent is not the same as empty (RFC 5705 §4). */
  readonly context?: Uint8Array;
  readonly length: number;
}

/** Keying material exporter, RFC 5705 §4. */
export function exportKeyingMaterial(input: ExporterInput): Uint8Array {
  const { version, prfHash, masterSecret, label, context, length } = input;
  const contextPart = context === undefined ? [] : [uint16(context.length), context];
  const seed = concat(input.clientRandom, input.serverRandom, ...contextPart);
  return prf(version, prfHash, masterSecret, label, seed, length);
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/**
 * CBC suites with HMAC, MAC-then-encrypt (RFC 5246 §6.2.3.2) or encrypt-then-MAC (RFC 7366), and NULL suites, which
 * have the HMAC only. Fragments start with an explicit IV in every version of DTLS (RFC 4347 §4.1.2.1).
 */
import { cbc } from '@noble/ciphers/aes.js';
import { Hmac } from './hashes.ts';
import { cryptoProvider } from './provider.ts';
import type { MacHash } from './suites.ts';

const BLOCK_LENGTH = 16;
/** truncated_hmac, RFC 6066 §7. */
const TRUNCATED_LENGTH = 10;

/** Builds the MAC input that precedes `length` bytes of content: sequence number, type, version, length (or the CID form). */
export type MacHeader = (length: number) => Uint8Array;

export interface MacOptions {
  readonly mac: MacHash;
  readonly macKey: Uint8Array;
  readonly truncatedHmac: boolean;
}

/** Opens fragments of one direction; null where padding or MAC are wrong, or the length is impossible. */
export interface MacOpener {
  open(fragment: Uint8Array, header: MacHeader): Uint8Array | null;
}

/** @param key 16 or 32 bytes of AES. */
export function cbcHmacOpener(key: Uint8Array, options: MacOptions, encryptThenMac: boolean): MacOpener {
  const checker = macChecker(options);
  const decryptor = cryptoProvider()?.cbcDecryptor(key) ?? portableDecryptor(key);
  return {
    open: (fragment, header) => {
      if (!encryptThenMac) {
        const padded = decryptCbc(decryptor, fragment);
        const content = padded === null ? null : stripPadding(padded);
        return content === null ? null : checker.open(content, header);
      }
      const outer = checker.open(fragment, header);
      const padded = outer === null ? null : decryptCbc(decryptor, outer);
      return padded === null ? null : stripPadding(padded);
    },
  };
}

/** content ‖ MAC, as in NULL suites: the content where the MAC is right. */
export function macChecker(options: MacOptions): MacOpener {
  const hmac = new Hmac(options.mac, options.macKey);
  const macLength = options.truncatedHmac ? TRUNCATED_LENGTH : hmac.length;
  return {
    open: (fragment, header) => {
      const length = fragment.length - macLength;
      if (length < 0) return null;
      const content = fragment.subarray(0, length);
      const mac = hmac.mac(header(length), content);
      for (let i = 0; i < macLength; i++) if (mac[i] !== fragment[length + i]) return null;
      return content;
    },
  };
}

/** IV ‖ ciphertext → plaintext with padding; null where it is not whole blocks or nothing follows the IV. */
function decryptCbc(decryptor: CbcDecryptor, fragment: Uint8Array): Uint8Array | null {
  if (fragment.length < 2 * BLOCK_LENGTH || fragment.length % BLOCK_LENGTH !== 0) return null;
  const iv = fragment.subarray(0, BLOCK_LENGTH);
  return decryptor(iv, fragment.subarray(BLOCK_LENGTH));
}

type CbcDecryptor = (iv: Uint8Array, ciphertext: Uint8Array) => Uint8Array;

function portableDecryptor(key: Uint8Array): CbcDecryptor {
  return (iv, ciphertext) => cbc(key, iv, { disablePadding: true }).decrypt(ciphertext);
}

/** RFC 5246 §6.2.3.2: padding_length bytes that all hold padding_length, and padding_length itself. */
function stripPadding(padded: Uint8Array): Uint8Array | null {
  const paddingLength = padded.at(-1) ?? 0;
  const length = padded.length - 1 - paddingLength;
  if (length < 0) return null;
  for (let i = length; i < padded.length; i++) if (padded[i] !== paddingLength) return null;
  return padded.subarray(0, length);
}

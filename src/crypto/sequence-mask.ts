/** The mask that hides sequence numbers in unified headers, RFC 9147 §4.2.3. */
import { hchacha } from '@noble/ciphers/chacha.js';
import { encryptBlock, expandKey, wordAt } from './aes.ts';
import type { AeadSpec } from './suites.ts';

/** Bytes of ciphertext that the mask is made from; shorter records are invalid. */
const SAMPLE_LENGTH = 16;

/** Two mask bytes as a 16-bit number (the first is all that 8-bit numbers need); null for a ciphertext below 16 bytes. */
export type SequenceMask = (ciphertext: Uint8Array) => number | null;

/** @param snKey as long as the key of the suite. */
export function createSequenceMask(cipher: AeadSpec['cipher'], snKey: Uint8Array): SequenceMask {
  const firstWord = cipher === 'chacha20-poly1305' ? chachaWord(snKey) : aesWord(snKey);
  return (ciphertext) => {
    if (ciphertext.length < SAMPLE_LENGTH) return null;
    const word = firstWord(ciphertext);
    return ((word & 0xff) << 8) | ((word >>> 8) & 0xff);
  };
}

type FirstWord = (sample: Uint8Array) => number;

function aesWord(snKey: Uint8Array): FirstWord {
  const xk = expandKey(snKey);
  return (sample) => encryptBlock(xk, wordAt(sample, 0), wordAt(sample, 4), wordAt(sample, 8), wordAt(sample, 12)).s0;
}

/**
 * The first word of the ChaCha20 block whose counter and nonce are the sample. HChaCha20 is that block without the
 * final addition (draft-irtf-cfrg-xchacha §2.2); noble's chacha20() refuses the counter 2^32 - 1, a sample does not.
 */
function chachaWord(snKey: Uint8Array): FirstWord {
  const constants = Uint32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574); // "expand 32-byte k"
  const key = Uint32Array.from({ length: 8 }, (_, i) => wordAt(snKey, 4 * i));
  const input = new Uint32Array(4);
  const out = new Uint32Array(8);
  return (sample) => {
    for (let i = 0; i < input.length; i++) input[i] = wordAt(sample, 4 * i);
    hchacha(constants, key, input, out);
    return ((out[0] ?? 0) + (constants[0] ?? 0)) | 0;
  };
}

/** The ciphers of the captures that are repeated, with node:crypto: apart from the code that is measured. */
import { createCipheriv, createDecipheriv } from 'node:crypto';

/**
 * @typedef {object} Aead
 * @property {'aes-128-gcm' | 'aes-128-ccm' | 'chacha20-poly1305'} cipher
 * @property {number} keyBytes
 * @property {number} tagBytes
 */

/**
 * Node tells its ciphers apart by literal types; here they come from a table.
 * @typedef {(cipher: string, key: Buffer, nonce: Buffer, options: { authTagLength: number }) => import('node:crypto').CipherCCM} NewCipher
 * @typedef {(cipher: string, key: Buffer, nonce: Buffer, options: { authTagLength: number }) => import('node:crypto').DecipherCCM} NewDecipher
 */
const newCipher = /** @type {NewCipher} */ (/** @type {unknown} */ (createCipheriv));
const newDecipher = /** @type {NewDecipher} */ (/** @type {unknown} */ (createDecipheriv));

/**
 * Ciphertext and tag.
 * @param {Aead} aead @param {Buffer} key @param {Buffer} nonce @param {Buffer} additional @param {Buffer} plaintext
 */
export function seal({ cipher, tagBytes }, key, nonce, additional, plaintext) {
  const sealing = newCipher(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(additional, { plaintextLength: plaintext.length });
  return Buffer.concat([sealing.update(plaintext), sealing.final(), sealing.getAuthTag()]);
}

/**
 * Throws where the tag does not fit.
 * @param {Aead} aead @param {Buffer} key @param {Buffer} nonce @param {Buffer} additional @param {Buffer} sealed
 */
export function open({ cipher, tagBytes }, key, nonce, additional, sealed) {
  const end = sealed.length - tagBytes;
  const opening = newDecipher(cipher, key, nonce, { authTagLength: tagBytes });
  opening.setAuthTag(sealed.subarray(end));
  opening.setAAD(additional, { plaintextLength: end });
  return Buffer.concat([opening.update(sealed.subarray(0, end)), opening.final()]);
}

/** The IV with the record's number in its last bytes. @param {Buffer} iv @param {number} number @param {number} epoch */
export function xorNonce(iv, number, epoch) {
  const nonce = Buffer.alloc(iv.length);
  nonce.writeUInt16BE(epoch, iv.length - 8);
  nonce.writeUIntBE(number, iv.length - 6, 6);
  for (let i = 0; i < iv.length; i++) nonce[i] = (nonce[i] ?? 0) ^ (iv[i] ?? 0);
  return nonce;
}

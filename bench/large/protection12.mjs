/** Records of DTLS 1.2 under the keys of a master secret. RFC 5246 §6.3, RFC 6347 §4.1, RFC 5288, 6655 and 7905. */
import { createHmac } from 'node:crypto';
import { open, seal, xorNonce } from './aead.mjs';

const HEADER = 13;
const EPOCH = 1;

/**
 * With `explicitBytes` the nonce is a salt and what the record carries, otherwise the number over an IV.
 * @type {Readonly<Record<number, import('./aead.mjs').Aead & { ivBytes: number, explicitBytes: number }>>}
 */
const SUITES = {
  49195: { cipher: 'aes-128-gcm', keyBytes: 16, tagBytes: 16, ivBytes: 4, explicitBytes: 8 },
  49320: { cipher: 'aes-128-ccm', keyBytes: 16, tagBytes: 8, ivBytes: 4, explicitBytes: 8 },
  52392: { cipher: 'chacha20-poly1305', keyBytes: 32, tagBytes: 16, ivBytes: 12, explicitBytes: 0 },
};

/** @param {Buffer} secret @param {string} label @param {Buffer} seed @param {number} bytes */
function prf(secret, label, seed, bytes) {
  const hmac = (/** @type {Buffer[]} */ ...parts) =>
    parts.reduce((hash, part) => hash.update(part), createHmac('sha256', secret)).digest();
  const labelled = Buffer.concat([Buffer.from(label), seed]);
  let chained = labelled;
  let output = Buffer.alloc(0);
  while (output.length < bytes) {
    chained = hmac(chained);
    output = Buffer.concat([output, hmac(chained, labelled)]);
  }
  return output.subarray(0, bytes);
}

/**
 * @param {{ clientRandom: Buffer, serverRandom: Buffer, suite: number }} hellos @param {Buffer} master
 * @returns {import('./template.mjs').Protection}
 */
export function protection12({ clientRandom, serverRandom, suite }, master) {
  const aead = SUITES[suite];
  if (!aead) throw new Error(`The suite 0x${suite.toString(16)} cannot be continued.`);
  const { keyBytes, ivBytes, explicitBytes } = aead;
  const block = prf(master, 'key expansion', Buffer.concat([serverRandom, clientRandom]), 2 * (keyBytes + ivBytes));
  const ivs = 2 * keyBytes;
  const keys = {
    client: { key: block.subarray(0, keyBytes), iv: block.subarray(ivs, ivs + ivBytes) },
    server: { key: block.subarray(keyBytes, ivs), iv: block.subarray(ivs + ivBytes) },
  };
  /** @param {Buffer} iv @param {Buffer} explicit @param {number} number */
  const nonceOf = (iv, explicit, number) =>
    explicitBytes > 0 ? Buffer.concat([iv, explicit]) : xorNonce(iv, number, EPOCH);

  return {
    open(sender, record) {
      if (record.readUInt16BE(3) !== EPOCH) return null;
      const { key, iv } = keys[sender];
      const number = record.readUIntBE(5, 6);
      const type = record[0] ?? 0;
      const explicit = record.subarray(HEADER, HEADER + explicitBytes);
      const sealed = record.subarray(HEADER + explicitBytes);
      const additional = additionalData(number, type, sealed.length - aead.tagBytes);
      return { number, type, plaintext: open(aead, key, nonceOf(iv, explicit, number), additional, sealed) };
    },
    seal(sender, { number, type, plaintext }) {
      const { key, iv } = keys[sender];
      const explicit = numbered(number).subarray(0, explicitBytes);
      const additional = additionalData(number, type, plaintext.length);
      const sealed = seal(aead, key, nonceOf(iv, explicit, number), additional, plaintext);
      return Buffer.concat([header(number, type, explicit.length + sealed.length), explicit, sealed]);
    },
  };
}

/** Epoch and sequence number. @param {number} number */
function numbered(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16BE(EPOCH, 0);
  bytes.writeUIntBE(number, 2, 6);
  return bytes;
}

/** @param {number} type @param {number} length */
const typed = (type, length) => Buffer.from([type, 0xfe, 0xfd, length >> 8, length & 255]);

/** @param {number} number @param {number} type @param {number} length */
const additionalData = (number, type, length) => Buffer.concat([numbered(number), typed(type, length)]);

/** @param {number} number @param {number} type @param {number} length */
function header(number, type, length) {
  const bytes = typed(type, length);
  return Buffer.concat([bytes.subarray(0, 3), numbered(number), bytes.subarray(3)]);
}

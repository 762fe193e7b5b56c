/** Records of DTLS 1.3 under the first application traffic secrets. RFC 8446 §7, RFC 9147 §4 and §5.9. */
import { createCipheriv, createHmac } from 'node:crypto';
import { open, seal, xorNonce } from './aead.mjs';

/** A sequence number of 16 bits, a length, no connection ID, and the low bits of epoch 3. */
const FIRST_BYTE = 0x2f;
const HEADER = 5;
const AES_128_GCM = /** @type {const} */ ({ cipher: 'aes-128-gcm', keyBytes: 16, tagBytes: 16 });

/** HKDF-Expand-Label for what one hash yields. @param {Buffer} secret @param {string} label @param {number} bytes */
function expandLabel(secret, label, bytes) {
  const name = Buffer.from(`dtls13${label}`);
  const info = Buffer.concat([Buffer.from([0, bytes, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, bytes);
}

/** @param {Buffer} secret */
const keysOf = (secret) => ({
  key: expandLabel(secret, 'key', AES_128_GCM.keyBytes),
  iv: expandLabel(secret, 'iv', 12),
  numberKey: expandLabel(secret, 'sn', AES_128_GCM.keyBytes),
});

/**
 * @param {{ suite: number }} hellos @param {{ client: Buffer, server: Buffer }} secrets
 * @returns {import('./template.mjs').Protection}
 */
export function protection13({ suite }, secrets) {
  if (suite !== 0x1301) throw new Error(`The suite 0x${suite.toString(16)} cannot be continued.`);
  const keys = { client: keysOf(secrets.client), server: keysOf(secrets.server) };

  /** Hides or shows the number in a header. @param {Buffer} numberKey @param {Buffer} header @param {Buffer} sealed */
  const masked = (numberKey, header, sealed) => {
    const mask = createCipheriv('aes-128-ecb', numberKey, null).update(sealed.subarray(0, 16));
    const copy = Buffer.from(header);
    copy.writeUInt16BE(header.readUInt16BE(1) ^ mask.readUInt16BE(0), 1);
    return copy;
  };

  return {
    open(sender, record) {
      if (record[0] !== FIRST_BYTE) return null;
      const { key, iv, numberKey } = keys[sender];
      const sealed = record.subarray(HEADER);
      const header = masked(numberKey, record.subarray(0, HEADER), sealed);
      const number = header.readUInt16BE(1);
      const inner = open(AES_128_GCM, key, xorNonce(iv, number, 0), header, sealed);
      let end = inner.length - 1;
      while (end > 0 && inner[end] === 0) end--;
      return { number, type: inner[end] ?? 0, plaintext: inner.subarray(0, end) };
    },
    seal(sender, { number, type, plaintext }) {
      const { key, iv, numberKey } = keys[sender];
      const inner = Buffer.concat([plaintext, Buffer.from([type])]);
      const header = Buffer.alloc(HEADER);
      header[0] = FIRST_BYTE;
      header.writeUInt16BE(number, 1);
      header.writeUInt16BE(inner.length + AES_128_GCM.tagBytes, 3);
      const sealed = seal(AES_128_GCM, key, xorNonce(iv, number, 0), header, inner);
      return Buffer.concat([masked(numberKey, header, sealed), sealed]);
    },
  };
}

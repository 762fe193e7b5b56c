import { expect, test } from 'vitest';
import { CIPHER_SUITE_NAMES } from '../dtls/registry-cipher-suites.ts';
import { CIPHER_SUITES, cipherSuite } from './suites.ts';

test('every registered number has parameters, except signalling values', () => {
  expect(CIPHER_SUITES.size).toBe(CIPHER_SUITE_NAMES.size - 2);
  for (const id of [0x0a0a, 0xabcd, 0x00ff, 0x5600]) expect(cipherSuite(id)).toBeUndefined();
});

test.each([
  [0x1301, '1.3', null, 'sha256', 'aes-gcm 16+12/0 16'],
  [0x1302, '1.3', null, 'sha384', 'aes-gcm 32+12/0 16'],
  [0x1303, '1.3', null, 'sha256', 'chacha20-poly1305 32+12/0 16'],
  [0x1304, '1.3', null, 'sha256', 'aes-ccm 16+12/0 16'],
  [0x1305, '1.3', null, 'sha256', 'aes-ccm 16+12/0 8'],
  [0xc02b, 'ECDHE', 'ECDSA', 'sha256', 'aes-gcm 16+4/8 16'],
  [0xc030, 'ECDHE', 'RSA', 'sha384', 'aes-gcm 32+4/8 16'],
  [0xcca8, 'ECDHE', 'RSA', 'sha256', 'chacha20-poly1305 32+12/0 16'],
  [0xccac, 'ECDHE_PSK', 'PSK', 'sha256', 'chacha20-poly1305 32+12/0 16'],
  [0xc0a8, 'PSK', 'PSK', 'sha256', 'aes-ccm 16+4/8 8'],
  [0xc0a5, 'PSK', 'PSK', 'sha256', 'aes-ccm 32+4/8 16'],
  [0xc0aa, 'DHE_PSK', 'PSK', 'sha256', 'aes-ccm 16+4/8 8'],
  [0xc0ff, 'ECJPAKE', 'ECJPAKE', 'sha256', 'aes-ccm 16+4/8 8'],
  [0xc0b3, 'ECCPWD', 'ECCPWD', 'sha384', 'aes-ccm 32+4/8 16'],
  [0xd001, 'ECDHE_PSK', 'PSK', 'sha256', 'aes-gcm 16+4/8 16'],
  [0xd003, 'ECDHE_PSK', 'PSK', 'sha256', 'aes-ccm 16+4/8 8'],
  [0xd005, 'ECDHE_PSK', 'PSK', 'sha256', 'aes-ccm 16+4/8 16'],
  [0xc009, 'ECDHE', 'ECDSA', 'sha256', 'cbc 16 sha1 20'],
  [0xc024, 'ECDHE', 'ECDSA', 'sha384', 'cbc 32 sha384 48'],
  [0x003d, 'RSA', 'RSA', 'sha256', 'cbc 32 sha256 32'],
  [0x0033, 'DHE', 'RSA', 'sha256', 'cbc 16 sha1 20'],
  [0x0034, 'DH_anon', 'anon', 'sha256', 'cbc 16 sha1 20'],
  [0xc018, 'ECDH_anon', 'anon', 'sha256', 'cbc 16 sha1 20'],
  [0x0094, 'RSA_PSK', 'RSA', 'sha256', 'cbc 16 sha1 20'],
  [0xc01e, 'SRP', 'RSA', 'sha256', 'cbc 16 sha1 20'],
  [0xc01d, 'SRP', 'SRP', 'sha256', 'cbc 16 sha1 20'],
  [0x0001, 'RSA', 'RSA', 'sha256', 'null md5 16'],
  [0xc03b, 'ECDHE_PSK', 'PSK', 'sha384', 'null sha384 48'],
  [0xc00a, 'ECDHE', 'ECDSA', 'sha256', 'cbc 32 sha1 20'],
  [0x0000, 'NULL', null, 'sha256', 'unsupported'],
  [0x0005, 'RSA', 'RSA', 'sha256', 'unsupported'], // RC4
  [0x000a, 'RSA', 'RSA', 'sha256', 'unsupported'], // 3DES
  [0x0003, 'RSA', 'RSA', 'sha256', 'unsupported'],
  [0x0017, 'DH_anon', 'anon', 'sha256', 'unsupported'],
  [0x0028, 'KRB5', 'KRB5', 'sha256', 'unsupported'],
  [0x0063, 'DHE', 'DSS', 'sha256', 'unsupported'],
  [0x0081, 'GOST', 'GOST', 'sha256', 'unsupported'],
  [0xc05d, 'ECDHE', 'ECDSA', 'sha384', 'unsupported'], // ARIA
  [0xc073, 'ECDHE', 'ECDSA', 'sha384', 'unsupported'], // Camellia
  [0x00c6, '1.3', null, 'sha256', 'unsupported'], // SM4
  [0xc0b4, '1.3', null, 'sha256', 'unsupported'], // RFC 9150
  [0xcc13, 'ECDHE', 'RSA', 'sha256', 'unsupported'], // the draft's ChaCha20
  [0xe011, 'ECDHE', null, 'sha256', 'unsupported'],
  [0xfefe, 'RSA', 'RSA', 'sha256', 'unsupported'],
] as const)('0x%s: the parameters follow from the name', (id, keyExchange, authentication, prfHash, protection) => {
  const suite = cipherSuite(id);
  const spec = suite?.protection;
  const shown =
    spec?.kind === 'aead'
      ? `${spec.cipher} ${spec.keyLength}+${spec.fixedIvLength}/${spec.explicitNonceLength} ${spec.tagLength}`
      : spec?.kind === 'cbc'
        ? `cbc ${spec.keyLength} ${spec.mac} ${spec.macLength}`
        : spec?.kind === 'null'
          ? `null ${spec.mac} ${spec.macLength}`
          : 'unsupported';
  expect(suite).toMatchObject({ keyExchange, authentication, prfHash });
  expect(shown).toBe(protection);
});

test('no name with AES is left unsupported, none with another cipher is supported', () => {
  for (const { name, protection } of CIPHER_SUITES.values()) {
    const other = /RC4|RC2|IDEA|DES|CAMELLIA|SEED|ARIA|SM1|SM4|GOST|FORTEZZA|SALSA20|TLS_SHA/.test(name);
    if (other) expect(protection, name).toBeNull();
    else if (/AES|WITH_NULL_(MD5|SHA)/.test(name)) expect(protection, name).not.toBeNull();
  }
});

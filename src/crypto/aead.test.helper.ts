/** What every implementation of the AEADs must do: published vectors, and agreement with node:crypto around every block boundary. */
import { type CipherCCM, createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../wire/text.ts';
import type { Aead } from './aead.ts';
import type { AeadSpec } from './suites.ts';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text.replaceAll(' ', ''));
  if (bytes === null) throw new Error(`not hex: ${text}`);
  return bytes;
}

interface Vector {
  readonly name: string;
  readonly cipher: AeadSpec['cipher'];
  readonly key: string;
  /** Of CCM; all others have 16. */
  readonly tagLength?: number;
  readonly nonce: string;
  readonly aad: string;
  readonly plaintext: string;
  /** Ciphertext and tag. */
  readonly sealed: string;
}

const COUNTING = (from: number, to: number) => toHex(Uint8Array.from({ length: to - from }, (_, i) => from + i));

const GCM_KEY = 'feffe9928665731c6d6a8f9467308308';
const GCM_TEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
const GCM_AAD = 'feedfacedeadbeeffeedfacedeadbeefabaddad2';

const VECTORS: readonly Vector[] = [
  {
    name: 'SP 800-38D (GCM specification) test case 1: nothing at all',
    cipher: 'aes-gcm',
    key: '00'.repeat(16),
    nonce: '00'.repeat(12),
    aad: '',
    plaintext: '',
    sealed: '58e2fccefa7e3061367f1d57a4e7455a',
  },
  {
    name: 'SP 800-38D test case 2: one block',
    cipher: 'aes-gcm',
    key: '00'.repeat(16),
    nonce: '00'.repeat(12),
    aad: '',
    plaintext: '00'.repeat(16),
    sealed: '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    name: 'SP 800-38D test case 3: four blocks',
    cipher: 'aes-gcm',
    key: GCM_KEY,
    nonce: 'cafebabefacedbaddecaf888',
    aad: '',
    plaintext: GCM_TEXT,
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4',
  },
  {
    name: 'SP 800-38D test case 4: additional data and a partial block',
    cipher: 'aes-gcm',
    key: GCM_KEY,
    nonce: 'cafebabefacedbaddecaf888',
    aad: GCM_AAD,
    plaintext: GCM_TEXT.slice(0, -8),
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    name: 'SP 800-38D test case 14: 256-bit key',
    cipher: 'aes-gcm',
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    aad: '',
    plaintext: '00'.repeat(16),
    sealed: 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    name: 'SP 800-38D test case 16: 256-bit key, additional data, partial block',
    cipher: 'aes-gcm',
    key: GCM_KEY + GCM_KEY,
    nonce: 'cafebabefacedbaddecaf888',
    aad: GCM_AAD,
    plaintext: GCM_TEXT.slice(0, -8),
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
  {
    name: 'RFC 3610 packet vector 1',
    cipher: 'aes-ccm',
    key: COUNTING(0xc0, 0xd0),
    tagLength: 8,
    nonce: '00000003020100a0a1a2a3a4a5',
    aad: COUNTING(0, 8),
    plaintext: COUNTING(8, 0x1f),
    sealed: '588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0',
  },
  {
    name: 'SP 800-38C example 1: tag of 4, nonce of 7',
    cipher: 'aes-ccm',
    key: COUNTING(0x40, 0x50),
    tagLength: 4,
    nonce: COUNTING(0x10, 0x17),
    aad: COUNTING(0, 8),
    plaintext: COUNTING(0x20, 0x24),
    sealed: '7162015b4dac255d',
  },
  {
    name: 'SP 800-38C example 2: tag of 6, nonce of 8',
    cipher: 'aes-ccm',
    key: COUNTING(0x40, 0x50),
    tagLength: 6,
    nonce: COUNTING(0x10, 0x18),
    aad: COUNTING(0, 16),
    plaintext: COUNTING(0x20, 0x30),
    sealed: 'd2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd',
  },
  {
    name: 'SP 800-38C example 3: tag of 8, nonce of 12 as in DTLS',
    cipher: 'aes-ccm',
    key: COUNTING(0x40, 0x50),
    tagLength: 8,
    nonce: COUNTING(0x10, 0x1c),
    aad: COUNTING(0, 20),
    plaintext: COUNTING(0x20, 0x38),
    sealed: 'e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951',
  },
  {
    name: 'SP 800-38C example 4: 65536 bytes of additional data',
    cipher: 'aes-ccm',
    key: COUNTING(0x40, 0x50),
    tagLength: 14,
    nonce: COUNTING(0x10, 0x1d),
    aad: COUNTING(0, 256).repeat(256),
    plaintext: COUNTING(0x20, 0x40),
    sealed: '69915dad1e84c6376a68c2967e4dab615ae0fd1faec44cc484828529463ccf72b4ac6bec93e8598e7f0dadbcea5b',
  },
  {
    name: 'RFC 8439 §2.8.2',
    cipher: 'chacha20-poly1305',
    key: COUNTING(0x80, 0xa0),
    nonce: '070000004041424344454647',
    aad: '50515253c0c1c2c3c4c5c6c7',
    plaintext: toHex(
      new TextEncoder().encode(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
      ),
    ),
    sealed:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  },
];

const SPECS: readonly AeadSpec[] = [
  ...([16, 32] as const).flatMap((keyLength) => [
    spec('aes-gcm', keyLength),
    spec('aes-ccm', keyLength),
    spec('aes-ccm', keyLength, 8),
  ]),
  spec('chacha20-poly1305', 32),
];

/** Vectors have tags of lengths that no suite has. */
function spec(cipher: AeadSpec['cipher'], keyLength: number, tagLength = 16): AeadSpec {
  const lengths = { keyLength, tagLength } as Pick<AeadSpec, 'keyLength' | 'tagLength'>;
  return { kind: 'aead', cipher, fixedIvLength: 12, explicitNonceLength: 0, ...lengths };
}

/** What node:crypto makes of it. */
function seal(s: AeadSpec, key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const mode = s.cipher === 'chacha20-poly1305' ? s.cipher : `aes-${8 * s.keyLength}-${s.cipher.slice(4)}`;
  const cipher = createCipheriv(mode as 'aes-128-ccm', key, nonce, { authTagLength: s.tagLength }) as CipherCCM;
  cipher.setAAD(aad, { plaintextLength: plaintext.length });
  const ciphertext = cipher.update(plaintext);
  const rest = cipher.final();
  return concat(ciphertext, rest, cipher.getAuthTag());
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Declares the tests. */
export function aeadWorks(create: (spec: AeadSpec, key: Uint8Array) => Aead): void {
  test.each(VECTORS.map((v) => [v.name, v] as const))('%s', (_name, vector) => {
    const [nonce, aad, sealed] = [hex(vector.nonce), hex(vector.aad), hex(vector.sealed)];
    const key = hex(vector.key);
    const opened = create(spec(vector.cipher, key.length, vector.tagLength), key).open(nonce, aad, sealed);
    expect(opened && toHex(opened)).toBe(vector.plaintext);
  });

  describe.each(SPECS.map((s) => [`${s.cipher}, key of ${s.keyLength}, tag of ${s.tagLength}`, s] as const))(
    '%s',
    (_name, s) => {
      test('opens what node:crypto sealed, and nothing else', () => {
        fc.assert(
          fc.property(
            bytes(s.keyLength),
            bytes(12),
            fc.uint8Array({ maxLength: 60 }),
            fc.oneof(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 2000, size: 'max' })),
            fc.nat(),
            (key, nonce, aad, plaintext, where) => {
              const aead = create(s, key);
              const sealed = seal(s, key, nonce, aad, plaintext);
              // A view into a larger buffer, at an odd offset: as records lie in a capture.
              const view = concat(Uint8Array.of(1), sealed, Uint8Array.of(2)).subarray(1, 1 + sealed.length);
              expect(toHex(aead.open(nonce, aad, view) ?? Uint8Array.of(0xee))).toBe(toHex(plaintext));
              expect(toHex(view)).toBe(toHex(sealed));
              const damaged = Uint8Array.from(sealed);
              const at = where % damaged.length;
              damaged[at] = (damaged[at] ?? 0) ^ (1 << (where & 7));
              expect(aead.open(nonce, aad, damaged)).toBeNull();
              expect(aead.open(nonce, concat(aad, Uint8Array.of(0)), sealed)).toBeNull();
            },
          ),
          { seed: 9147, numRuns: 60 },
        );
      });

      test('lengths around block boundaries, one opener for all', () => {
        const key = Uint8Array.from({ length: s.keyLength }, (_, i) => 7 * i);
        const nonce = Uint8Array.from({ length: 12 }, (_, i) => 255 - i);
        const aead = create(s, key);
        for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 255, 256, 257, 1200, 16384]) {
          for (const aadLength of [0, 1, 13, 14, 15, 16, 17, 33]) {
            const plaintext = new Uint8Array(length).fill(0xa5);
            const aad = new Uint8Array(aadLength).fill(0x5a);
            const opened = aead.open(nonce, aad, seal(s, key, nonce, aad, plaintext));
            expect(opened !== null && toHex(opened) === toHex(plaintext), `${length} and ${aadLength} bytes`).toBe(
              true,
            );
          }
        }
      });

      test('impossible lengths are null', () => {
        const aead = create(s, new Uint8Array(s.keyLength));
        for (let length = 0; length < s.tagLength; length++) {
          expect(aead.open(new Uint8Array(12), new Uint8Array(0), new Uint8Array(length))).toBeNull();
        }
        for (const length of [0, 1, 5, 6, 14, 15, 16, 40]) {
          expect(aead.open(new Uint8Array(length), new Uint8Array(0), new Uint8Array(40))).toBeNull();
        }
      });
    },
  );

  test('a GCM tag whose bytes all differ, or only the last bit, does not verify', () => {
    const aead = create(spec('aes-gcm', 16), new Uint8Array(16));
    const sealed = hex('0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf');
    const inverted = sealed.map((byte, i) => (i < 16 ? byte : byte ^ 0xff));
    const lastBit = sealed.map((byte, i) => (i < 31 ? byte : byte ^ 0x01));
    const topBit = sealed.map((byte, i) => (i === 16 ? byte ^ 0x80 : byte));
    for (const wrong of [inverted, lastBit, topBit]) {
      expect(aead.open(new Uint8Array(12), new Uint8Array(0), wrong)).toBeNull();
    }
  });
}

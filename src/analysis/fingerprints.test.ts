/** JA3, JA3S and JA4: the published examples, and real DTLS hellos by an independent reading of the specifications. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ja3Text, ja4Parts } from '../dtls/fingerprints.ts';
import captures from '../dtls/messages/captures.fixture.json';
import { decodeClientHello } from '../dtls/messages/client-hello.ts';
import { decodeServerHello } from '../dtls/messages/server-hello.ts';
import { ByteReader } from '../wire/reader.ts';
import { fromHex } from '../wire/text.ts';
import { fingerprintsOf } from './fingerprints.ts';

function bytes(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}

const clientHello = (hex: string) => decodeClientHello(new ByteReader('message', bytes(hex)));
const serverHello = (hex: string) => decodeServerHello(new ByteReader('message', bytes(hex)));

function u16(value: number): string {
  return value.toString(16).padStart(4, '0');
}

function vector(prefix: 1 | 2, body: string): string {
  return (body.length / 2).toString(16).padStart(prefix * 2, '0') + body;
}

function list(prefix: 1 | 2, numbers: readonly number[]): string {
  return vector(prefix, numbers.map(u16).join(''));
}

/** A hello from its lists; `bodies` are the extension_data of those that are not empty. */
function made(
  version: number,
  suites: readonly number[],
  types: readonly number[],
  bodies: ReadonlyMap<number, string> = new Map(),
) {
  const extensions = types.map((type) => u16(type) + vector(2, bodies.get(type) ?? '')).join('');
  return clientHello(
    `${u16(version)}${'00'.repeat(32)}0000${list(2, suites)}0100${types.length > 0 ? vector(2, extensions) : ''}`,
  );
}

describe('published examples', () => {
  // README.md of github.com/salesforce/ja3: hellos of TLS, whose fields are the same.
  test('JA3 with and without extensions', () => {
    const bodies = new Map([
      [10, list(2, [23, 24, 25])],
      [11, vector(1, '00')],
    ]);
    const suites = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
    const first = made(769, suites, [0, 10, 11], bodies);
    expect(ja3Text(first)).toBe('769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0');
    expect(fingerprintsOf(first, null).ja3).toBe('ada70206e40642a3e4461f35503241d5');
    const second = made(769, [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], []);
    expect(ja3Text(second)).toBe('769,4-5-10-9-100-98-3-6-19-18-99,,,');
    expect(fingerprintsOf(second, null).ja3).toBe('de350869b8c85de67a350c8d186f11e6');
  });

  // technical_details/JA4.md of github.com/FoxIO-LLC/ja4: t13d1516h2_8daaf6152771_e5627efa2ab1.
  const SUITES = '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035';
  const TYPES = '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015';
  const SCHEMES = '0403,0804,0401,0503,0805,0501,0806,0601';
  const numbers = (text: string) => text.split(',').map((hex) => Number.parseInt(hex, 16));

  test('JA4, to which GREASE makes no difference', () => {
    const bodies = new Map([
      [0x10, vector(2, '026832')],
      [0x0d, list(2, [0x2a2a, ...numbers(SCHEMES)])],
      [0x2b, list(1, [0xdada, 0x0304, 0x0303])],
    ]);
    const hello = made(0x0303, [0x1a1a, ...numbers(SUITES)], [0x3a3a, ...numbers(TYPES), 0xfafa], bodies);
    expect(fingerprintsOf(hello, null).ja4).toBe('d13d1516h2_8daaf6152771_e5627efa2ab1');
  });

  test('JA4 without signature schemes ends without an underscore', () => {
    expect(fingerprintsOf(made(0x0303, numbers(SUITES), numbers(TYPES)), null).ja4).toBe(
      'd12d151600_8daaf6152771_6d807ffa2a79',
    );
  });
});

describe('the rules of JA4', () => {
  test('nothing to hash is twelve zeros', () => {
    expect(fingerprintsOf(made(0xfefd, [], []), null).ja4).toBe('dd2i000000_000000000000_000000000000');
    expect(fingerprintsOf(made(0xfefd, [0x0a0a], [0, 16]), null).ja4).toBe('dd2d000200_000000000000_000000000000');
  });

  test.each([
    [0xfeff, [], 'd1'],
    [0xfefd, [], 'd2'],
    [0xfefd, [0xfefc], 'd3'],
    // The highest number, as everybody computes it, though it is the older version.
    [0xfefd, [0x1a1a, 0xfefc, 0xfefd], 'd2'],
    [0x0100, [], '00'],
  ])('version %i with supported_versions %j', (version, supported, expected) => {
    const types = supported.length > 0 ? [43] : [];
    expect(ja4Parts(made(version, [1], types, new Map([[43, list(1, supported)]]))).a.slice(1, 3)).toBe(expected);
  });

  test.each([
    ['', '00'],
    ['6832', 'h2'],
    ['68', 'hh'],
    ['636f6170', 'cp'],
    ['ab', 'ab'],
    ['abcd', 'ad'],
    ['30ab', '3b'],
    ['3031abcd', '3d'],
    ['30abcd31', '01'],
  ])('ALPN %s', (protocol, expected) => {
    const hello = made(0xfefd, [1], [16], new Map([[16, vector(2, vector(1, protocol))]]));
    expect(ja4Parts(hello).a.slice(-2)).toBe(expected);
  });

  test('counts stop at 99', () => {
    const many = Array.from({ length: 120 }, (_, index) => 0x4000 + index * 2);
    expect(ja4Parts(made(0xfefd, many, many)).a).toBe('dd2i999900');
  });
});

describe('hellos of captures', () => {
  const digest = (name: string, text: string) => createHash(name).update(text).digest('hex');

  test('openssl-ecdhe-ecdsa-aes128-gcm.pcap', () => {
    const { ClientHello, ServerHello } = captures['openssl-ecdhe-ecdsa-aes128-gcm'];
    const schemes =
      '0403,0503,0603,0807,0808,0809,080a,080b,0804,0805,0806,0401,0501,0601,0303,0203,0301,0201,0302,0202,0402,0502,0602';
    const c = `000a,000b,000d,0016,0017,0023_${schemes}`;
    expect(ja3Text(clientHello(ClientHello))).toBe('65277,49195-255,11-10-35-22-23-13,29-23-30-25-24,0-1-2');
    expect(fingerprintsOf(clientHello(ClientHello), serverHello(ServerHello))).toEqual({
      ja3: digest('md5', '65277,49195-255,11-10-35-22-23-13,29-23-30-25-24,0-1-2'),
      ja3s: digest('md5', '65277,49195,65281-11-35-23'),
      ja4: `dd2i020600_${digest('sha256', '00ff,c02b').slice(0, 12)}_${digest('sha256', c).slice(0, 12)}`,
    });
  });

  test('the cookie changes nothing, every hello has all three, absent hellos have none', () => {
    for (const capture of Object.values(captures)) {
      if (!('ClientHello' in capture)) continue;
      const { ja3, ja4 } = fingerprintsOf(clientHello(capture.ClientHello), null);
      expect(ja3).toMatch(/^[0-9a-f]{32}$/);
      expect(ja4).toMatch(/^d(d[123]|00)[di]\d{4}[0-9A-Za-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
    }
    expect(fingerprintsOf(null, null)).toEqual({ ja3: null, ja3s: null, ja4: null });
  });
});

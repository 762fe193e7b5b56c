/** Exporters against OpenSSL (by way of node:tls), and against SRTP packets of Firefox. */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import { srtpProfileName } from '../dtls/registry.ts';
import { concat, fromHex, toHex } from '../wire/text.ts';
import { exportKeyingMaterial13 } from './exporter13.ts';
import { SRTP_PROFILES, type SrtpMasterKey, srtpKeyingMaterial12, srtpKeyingMaterial13 } from './srtp.ts';

function hex(text: string): Uint8Array {
  const bytes = fromHex(text);
  if (bytes === null) throw new Error(`not hex: ${text.slice(0, 20)}`);
  return bytes;
}

function profileOf(id: number) {
  const profile = SRTP_PROFILES.get(id);
  if (profile === undefined) throw new Error('no profile');
  return profile;
}

/** tlsSocket.exportKeyingMaterial(60, label, context) of Node 20.20 and the EXPORTER_SECRET it logged. */
const TLS_1_3 = [
  {
    prfHash: 'sha256',
    secret: '4e7e0e433ccf2b09aab822a0accfb273149766403fed882b81d4d58457761d2e',
    srtp: '780051e1d03680ec3592fd49175bfdc4f4217a9d84d854d4791ee0d977d6be91f3206ceb7fa8fa56e7cb08ec4da84df24e273d637efb05c870559462',
    withContext:
      'b8d8beb2918b77f6c023928cd4194db4b85293dd636c1a75657736f1e22ee228aa2fdb08be580ef168df13b5932f9aca91c296374aff964a903e31dd',
  },
  {
    prfHash: 'sha384',
    secret: '9144bf8702b88fe66341bf952343fd36e0e5e3c4c94516087c82ee0e19904417a22ebe25aca0decd070504343ebd785e',
    srtp: '1bf2e6acfb9a3345ad67cda75d2699faea321f8f75f43a11c83c02d612ee8bb5ecb135d737ea67b688fb32b28cd4ab509ed2db32165fef9d158bc3d8',
    withContext:
      'd5b324891589d7f9df48aa170903d5a4a6041060713fb4e99fcf88e162a927c6e3ca70890a86873b8e5cc7fd8e5bed803491fe434865799962b17b00',
  },
] as const;

test.each(TLS_1_3)('the exporter of 1.3 with the prefix of TLS, $prfHash', ({ prfHash, secret, srtp, withContext }) => {
  const common = { prfHash, exporterSecret: hex(secret), length: 60, prefix: 'tls13 ' };
  const context = new TextEncoder().encode('context');
  const exported = (label: string, given: Uint8Array) =>
    toHex(exportKeyingMaterial13({ ...common, label, context: given }));
  expect(exported('EXTRACTOR-dtls_srtp', new Uint8Array())).toBe(srtp);
  expect(exported('EXPERIMENTAL label', context)).toBe(withContext);
});

/** `openssl s_client -dtls1_2 -keymatexport EXTRACTOR-dtls_srtp -keymatexportlen 60`, OpenSSL 3.0.19. */
test('SRTP of 1.2: client key, server key, client salt, server salt', () => {
  const keys = srtpKeyingMaterial12({
    profile: profileOf(0x0001),
    version: 0xfefd,
    prfHash: 'sha256',
    masterSecret: hex(
      '7dd96a677f3101ee25d93c4c11e54c92a52e551ea0b8ee011a02fd5d67038be419d516f850019edc097d0d039fc66488',
    ),
    clientRandom: hex('c6c8f0283783b9ec95a20618606ec343433b8071ab79196dcd73c47e39131292'),
    serverRandom: hex('14a477d01dc9dfdcca36a66c11dcdf504a66f47621a9caf137c77be54a6c49d4'),
  });
  expect(toHex(concat(keys.client.key, keys.server.key, keys.client.salt, keys.server.salt))).toBe(
    '04bb7ee5c7a214dcc5373a9762199d461929da2461d27c1d1b0d35d7bd1bfebf20518c0d4aa6d2da51a0920a99a6ff14810e31570770d330d4447955',
  );
  expect([keys.client.key.length, keys.client.salt.length]).toEqual([16, 14]);
});

test('SRTP of 1.3 opens what Firefox sent (firefox-webrtc-audio)', () => {
  const { server, client } = srtpKeyingMaterial13({
    profile: profileOf(0x0007),
    prfHash: 'sha256',
    exporterSecret: hex('bda50e1400b6bba0b83bd1bb8b0ffcf29ebeeec0803df4f99c227411851124b2'),
  });
  const packet = hex('90ed7ad53c9602f459883f36bede0002710001303010ff00d5fe6b01b2cf357009973cb900c3e28ef65cb7');
  expect(() => openSrtp(server, packet, 24)).not.toThrow();
  expect(() => openSrtp(client, packet, 24)).toThrow();
});

test('profiles bear the names of the registry', () => {
  for (const [id, { name }] of SRTP_PROFILES) expect(name).toBe(srtpProfileName(id));
});

/** RFC 7714 §8 with roll-over counter 0; throws where the tag is wrong. */
function openSrtp({ key, salt }: SrtpMasterKey, packet: Uint8Array, headerLength: number): void {
  const derive = (label: number, length: number) => {
    const block = new Uint8Array(16);
    block.set(salt);
    block[7] = (block[7] ?? 0) ^ label;
    return createCipheriv('aes-128-ctr', key, block).update(new Uint8Array(length));
  };
  const nonce = new Uint8Array(12);
  nonce.set(packet.subarray(8, 12), 2);
  nonce.set(packet.subarray(2, 4), 10);
  const sessionSalt = derive(2, 12);
  const decipher = createDecipheriv(
    'aes-128-gcm',
    derive(0, 16),
    nonce.map((byte, i) => byte ^ (sessionSalt[i] ?? 0)),
  );
  decipher.setAAD(packet.subarray(0, headerLength));
  decipher.setAuthTag(packet.subarray(-16));
  decipher.update(packet.subarray(headerLength, -16));
  decipher.final();
}

/** The real texts of the corpus against the datagrams that were on the wire. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ascii, type Read, read, refusal, sample } from '../capture.test.helper.ts';
import type { Datagram } from '../datagram.ts';
import { HEAD_BYTES, identify } from '../open.ts';

/** Sender, length and the beginning of the SHA-256 of each datagram, from the manifest's truth. */
const ETHERNET =
  'c159:97065795da111291 s48:4ae1a710277f984c c179:64be1e10a7e294ff s771:9816ffd2b4b291f8 c133:796a56850fd26a4e s282:08584b705ede4951 s54:f75f233a9386030f c54:a8856d24096b40ae s59:d29441fe03bc2bf9 c39:9cf518b31670d8ee s39:e8288bee42b9c784';
const WOLFSSL13 =
  'c1375:3e383f208ca76528 s1199:64bd9ff6002edd2a s36:519bbabec4b84553 s516:160b2a21100a53b8 s110:a9d1cc588d7b059e s66:f7853ec5b1269058 c66:005995d711c84a29 s40:d5091dd6a0cb736c s323:bd778c33b6058947 c27:cc790bbe8531ea96 s27:ae6c09b7fa342282 c40:b5bfb3434c17a623 c27:d7d5bd46ddda4b3c s27:01f5a01ce0386030 c24:8e84dde55b1e3f58 s24:bb56ba5ca0f59add';
const HELLO = 'c159:97065795da111291';
/** Neither side of the certificate run read the other's last alert, and a log shows only what its side saw. */
const MBEDTLS_CERT =
  'c152:2beab9a84eb49001 s60:04be42f8cc62a538 c184:4e51e8b85c8dc58d s770:937f089437b7f632 c133:fe919919a519f93f s255:a1d00f6c5cb03d01 c57:fe267cc720bbae33 s189:f71e5010a065c48a';
const MBEDTLS_PSK =
  'c119:e8d44a9e58c424fd s60:954f4f66caff921c c151:a6a705ee45b9c53a s103:430c9d15de5f08ca c100:6134bf2979a0ab03 s247:6e57765cd0686ee0 c49:25bb48efdbf60ca1 s168:11291104070ceaf3';
const OPENSSL =
  'c205:b9364e6d560017ad s48:4d9190c1ab995fb8 c225:e88d0c7cbfc3c99e s228:e194cd613c4d5e38 s228:0985f09d6477d063 s204:d177a9de2925deb3 s162:c92a87788b38c25d c133:ea69eb16426486b0 s207:431e009702c1e47b s75:31c80550d3e233a2 c57:f5d9e739920b90e2 s56:2b3cb150e2440547 c39:1753bb4a0040166a s39:183cb265b27386d6';

/** `client`: the address of the client where the text tells who sent what, null where it does not. */
test.each([
  ['text-c-array-frames.c.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-c-array-peers.c.txt', ETHERNET, 'A:0'],
  ['text-follow-udp-hex.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-follow-udp-raw.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-follow-raw-dtls13.txt', WOLFSSL13, '127.0.0.1:33674'],
  ['text-hexdump-C.txt', ETHERNET, null],
  ['text-od.txt', ETHERNET, null],
  ['text-xxd-datagrams.txt', ETHERNET, null],
  ['text-xxd-pcapfile.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-tcpdump-x.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-tcpdump-XX.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-tshark-x.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-tshark-x-decrypted.txt', ETHERNET, '127.0.0.1:29101'],
  ['text-tshark-jsonraw.json', ETHERNET, '127.0.0.1:29101'],
  ['text-hex-clienthello-jira.txt', HELLO, null],
  ['text-hex-clienthello-variants.txt', Array.from({ length: 9 }, () => HELLO).join(' '), null],
  ['text-openssl-s_client-debug-msg.txt', OPENSSL, 'A:0'],
  ['text-openssl-s_server-debug-msg.txt', OPENSSL, 'B:0'],
  ['text-mbedtls-cert-debug4.client.txt', `${MBEDTLS_CERT} c39:1845ba170ac109b0`, 'A:0'],
  ['text-mbedtls-cert-debug4.server.txt', `${MBEDTLS_CERT} s39:172ef400d628c242`, 'B:0'],
  ['text-mbedtls-psk-debug4.client.txt', `${MBEDTLS_PSK} c31:0b48e5e0ba6c651f`, 'A:0'],
  ['text-mbedtls-psk-debug4.server.txt', `${MBEDTLS_PSK} s31:6014c7957416812f c31:0b48e5e0ba6c651f`, 'B:0'],
])('%s', async (name, truth, client) => {
  const bytes = sample(name);
  expect(identify(bytes.subarray(0, HEAD_BYTES)).kind).toBe('text');
  const { datagrams, facts } = await read(bytes, name);
  expect(datagrams.map((d) => told(d, client)).sort()).toEqual(expected(truth, client !== null).sort());
  expect(datagrams.every((d) => d.directed === (client !== null))).toBe(true);
  expect(facts.packets).toBe(datagrams.length);
  expect(facts.format).toBe(name.includes('pcapfile') ? 'pcap' : 'hex');
});

function told({ source, payload }: Datagram, client: string | null): string {
  const side = client === null ? '' : `${source.address}:${source.port}` === client ? 'c' : 's';
  return `${side}${payload.length}:${createHash('sha256').update(payload).digest('hex').slice(0, 16)}`;
}

function expected(truth: string, directed: boolean): string[] {
  return truth.split(' ').map((one) => (directed ? one : one.slice(1)));
}

test('the order of the wire is kept, except that a log shows what came when it was read', async () => {
  const { datagrams } = await read(sample('text-tcpdump-x.txt'));
  expect(datagrams.map((d) => told(d, '127.0.0.1:29101')).join(' ')).toBe(ETHERNET);
});

test('each datagram is said to lie where its first digit stands', async () => {
  for (const name of [
    'text-follow-udp-hex.txt',
    'text-c-array-peers.c.txt',
    'text-tcpdump-XX.txt',
    'text-xxd-datagrams.txt',
  ]) {
    const bytes = sample(name);
    for (const { pieces, payload, frame, frameOffset } of (await read(bytes, name)).datagrams) {
      const start = pieces[0].fileOffset;
      const digits = new TextDecoder('latin1').decode(bytes.subarray(start, start + 4)).replace('0x', '');
      expect(Number.parseInt(digits.slice(0, 2), 16)).toBe(payload[0]);
      // Readers find the payload in the frame by the difference.
      expect(frame.subarray(start - frameOffset).subarray(0, payload.length)).toEqual(payload);
    }
  }
});

test.each([
  ['text-mbedtls-cert-debug4.client.txt', 'text-mbedtls-cert-debug4.client.keys'],
  ['text-mbedtls-psk-debug4.server.txt', 'text-mbedtls-psk-debug4.server.keys'],
  ['text-openssl-s_client-debug-msg.txt', 'text-openssl-s_client-debug-msg.keys'],
])('the master secret in %s is that of its key log', async (name, keys) => {
  const { keyLogs } = await read(sample(name), name);
  expect(secrets(keyLogs)).toEqual(
    readFileSync(`samples/corpus/${keys}`, 'latin1').trim().split('\n').at(-1)?.toLowerCase(),
  );
});

function secrets(keyLogs: Read['keyLogs']): string | undefined {
  return keyLogs.map(({ text }) => text.trim().toLowerCase())[0];
}

test('a GnuTLS log has no bytes: the sentence says so, and its secrets are used', async () => {
  const name = 'text-gnutls-d99.client.txt';
  expect(await refusal(sample(name), name)).toBe(
    `${name} is a GnuTLS log, not a capture. GnuTLS tells sizes and types of records but not their bytes. Record the traffic with tcpdump or Wireshark and drop the capture. The secrets in it were added to the keys.`,
  );
});

test.each([
  [
    'scandium.log',
    '23:49:25.196 [x] DEBUG org.eclipse.californium.scandium.dtls.DTLSFlight - Sending datagram of 86 bytes',
    'a Scandium',
  ],
  ['mbed.log', 'ssl_msg.c:2354: |2| => flush output\nssl_tls.c:4586: |2| client state: 0\n', 'debug level to 4'],
  ['sclient.log', 'CONNECTED(00000004)\n---\nSSL-Session:\n', '-debug'],
  ['follow.txt', '\n=====\nFollow: udp,ascii\nFilter: udp.stream eq 0\n', 'raw or hex dump'],
  ['list.txt', '23:47:46.310650 IP 127.0.0.1.29101 > 127.0.0.1.29100: UDP, length 159\n', 'add -x'],
])('%s: what is missing and what to do', async (name, text, words) => {
  const message = await refusal(ascii(text), name);
  expect(message).toContain(words);
  expect(message).toMatch(/, not a capture\. [A-Z].*\.$/);
});

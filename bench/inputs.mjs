/** What is measured on: made anew each time from the captures of samples/. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { longAssociation, manyHandshakes, readPcap, writePcap } from './pcap.mjs';

/** @param {string} name @returns {Buffer} */
const sample = (name) => readFileSync(fileURLToPath(new URL(`../samples/${name}`, import.meta.url)));

/** @typedef {{ readonly name: string, readonly mimeType: string, readonly buffer: Buffer }} Input as Playwright takes it */

/** @param {string} name @param {Buffer} buffer @returns {Input} */
const input = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer });

/** @param {string} name @param {number} [packets] how many of its packets */
function capture(name, packets) {
  const whole = readPcap(sample(name));
  return { ...whole, packets: whole.packets.slice(0, packets) };
}

/** @param {import('./pcap.mjs').Capture} made */
const bytes = (made) => writePcap(made.header, made.packets);

/** 10 000 records of which none can be folded: the last two flights of a handshake are repeated and never arrive. */
export function handshakeRecords(records = 10_000) {
  const lossy = capture('openssl-loss-final-flight-x3.client.pcap', 15);
  return input('10000-handshake-records.pcap', bytes(longAssociation(lossy, [11, 12, 13, 14, 15], records, () => 400)));
}

/** A handshake and one record of application data each way, over and over. @param {number} records */
function withData(records) {
  const short = capture('openssl-ecdhe-ecdsa-aes128-gcm.pcap', 9);
  return longAssociation(short, [8, 9], records, (n) => (n % 40 === 39 ? 900 : 3));
}

/** 10 000 records of which nearly all are application data, in bursts with silences between. */
export const dataRecords = (records = 10_000) => input('10000-data-records.pcap', bytes(withData(records)));

/** About 10 MB of handshakes of several kinds, some with application data. */
export function thousandHandshakes(count = 1000) {
  const usual = [
    capture('openssl-bigchain-mtu512.pcap'),
    capture('openssl-loss-cert-differs-on-retransmit.client.pcap'),
    capture('openssl-loss-final-flight-x3.client.pcap'),
    withData(160),
  ];
  return input('1000-handshakes.pcap', manyHandshakes(usual, count));
}

/** One of each kind, whose associations a long list is made of. */
export const kinds = () =>
  input(
    'kinds.pcap',
    manyHandshakes(
      KINDS.map((name) => capture(name)),
      KINDS.length,
      50,
    ),
  );

const KINDS = [
  'openssl-bigchain-mtu512.pcap',
  'openssl-loss-cert-differs-on-retransmit.client.pcap',
  'openssl-loss-final-flight-x3.client.pcap',
  'openssl-dtls10-ecdhe-rsa-aes128-sha.pcap',
  'openssl-fail-version-client10.pcap',
  'openssl-fail-unknown-ca.pcap',
  'openssl-psk-aes128-ccm8.pcap',
  'openssl-fail-psk-wrong-key.pcap',
  'openssl-fail-server-silent.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
  'wolfssl13-hrr-group.pcap',
  'openssl-ecdhe-rsa-chacha20.pcap',
];

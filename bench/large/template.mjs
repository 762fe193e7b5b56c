/**
 * One association of a large capture: a handshake of samples/ and what its sides said, then records of application data
 * both ways under the keys of that handshake, then the alerts that close it.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IP, PACKET_HEADER, PAYLOAD, readPcap, UDP, withoutChecksums } from '../pcap.mjs';
import { protection12 } from './protection12.mjs';
import { protection13 } from './protection13.mjs';

/**
 * @typedef {'client' | 'server'} Sender
 * @typedef {{ number: number, type: number, plaintext: Buffer }} Opened a record of the epoch of application data
 * @typedef {object} Protection
 * @property {(sender: Sender, record: Buffer) => Opened | null} open null: another epoch. Throws if the keys do not fit.
 * @property {(sender: Sender, record: Opened) => Buffer} seal
 *
 * @typedef {{ readonly micros: number, readonly sender: Sender, readonly frame: Buffer }} Packet since the first one
 * @typedef {{ readonly packets: readonly Packet[], readonly keyLog: string, readonly bytes: number }} Template
 */

/** DTLS 1.2 with three kinds of cipher, one handshake with a loss, and DTLS 1.3. */
const KINDS = [
  'openssl-ecdhe-ecdsa-aes128-gcm.pcap',
  'openssl-psk-aes128-ccm8.pcap',
  'openssl-ecdhe-rsa-chacha20.pcap',
  'openssl-loss-flight4.client.pcap',
  'wolfssl13-clean-aes128gcm.pcap',
];

const DATA_RECORDS = 195;
const APPLICATION_DATA = 23;
const ALERT = 21;

/** @returns {Template[]} */
export const templates = () => KINDS.map(template);

/** @param {string} name @returns {Template} */
function template(name) {
  const sample = (/** @type {string} */ file) =>
    readFileSync(fileURLToPath(new URL(`../../samples/${file}`, import.meta.url)));
  const { packets } = readPcap(sample(name));
  const keyLog = sample(name.replace(/(\.client|\.server)?\.pcap$/, '.keys')).toString();
  const [opening] = packets;
  if (!opening) throw new Error(`${name} is empty.`);
  const clientPort = opening.frame.readUInt16BE(UDP);
  /** @type {Packet[]} */
  const timed = packets.map(({ micros, frame }) => ({
    micros: micros - opening.micros,
    sender: frame.readUInt16BE(UDP) === clientPort ? 'client' : 'server',
    frame,
  }));
  const protection = protectionOf(timed, keyLog);
  const continued = withData(timed, protection);
  return {
    packets: continued,
    keyLog: keyLog.endsWith('\n') ? keyLog : `${keyLog}\n`,
    bytes: continued.reduce((sum, { frame }) => sum + PACKET_HEADER + frame.length, 0),
  };
}

/** @param {readonly Packet[]} packets @param {string} keyLog @returns {Protection} */
function protectionOf(packets, keyLog) {
  const secret = (/** @type {string} */ label) =>
    Buffer.from(new RegExp(`^${label} [0-9a-f]+ ([0-9a-f]+)`, 'm').exec(keyLog)?.[1] ?? '', 'hex');
  const hellos = hellosOf(packets);
  const master = secret('CLIENT_RANDOM');
  return master.length > 0
    ? protection12(hellos, master)
    : protection13(hellos, { client: secret('CLIENT_TRAFFIC_SECRET_0'), server: secret('SERVER_TRAFFIC_SECRET_0') });
}

/** What the keys depend on besides secrets; each hello is whole, in the first record of a datagram. @param {readonly Packet[]} packets */
function hellosOf(packets) {
  const body = (/** @type {number} */ messageType) => {
    const found = packets.find(({ frame }) => frame[PAYLOAD] === 22 && frame[PAYLOAD + 13] === messageType);
    if (!found) throw new Error('There is a hello missing.');
    return found.frame.subarray(PAYLOAD + 25);
  };
  const serverHello = body(2);
  return {
    clientRandom: body(1).subarray(2, 34),
    serverRandom: serverHello.subarray(2, 34),
    suite: serverHello.readUInt16BE(35 + (serverHello[34] ?? 0)),
  };
}

/** @param {readonly Packet[]} packets @param {Protection} protection @returns {Packet[]} */
function withData(packets, { open, seal }) {
  const opened = packets.map(({ sender, frame }) => recordsOf(frame).flatMap((record) => open(sender, record) ?? []));
  const closing = packets.filter((_, i) => opened[i]?.some(({ type }) => type === ALERT));
  const before = packets.slice(0, packets.length - closing.length);
  /** @type {Record<Sender, number>} */
  const next = { client: 0, server: 0 };
  for (const [i, { sender }] of before.entries())
    for (const { number } of opened[i] ?? []) next[sender] = Math.max(next[sender], number + 1);

  const all = [...before];
  let micros = before.at(-1)?.micros ?? 0;
  /** @param {Sender} sender @param {number} type @param {Buffer} plaintext @param {number} pauseMicros */
  const say = (sender, type, plaintext, pauseMicros) => {
    micros += pauseMicros;
    const like = packets.find((packet) => packet.sender === sender);
    if (!like) throw new Error(`The ${sender} never said anything.`);
    const record = seal(sender, { number: next[sender]++, type, plaintext });
    all.push({ micros, sender, frame: inFrame(like.frame, record) });
  };
  for (let n = 0; n < DATA_RECORDS; n++)
    say(n % 2 === 0 ? 'client' : 'server', APPLICATION_DATA, reading(n), 5000 + ((n * 7919) % 3000));
  for (const { sender, frame } of closing)
    for (const { type, plaintext } of recordsOf(frame).flatMap((record) => open(sender, record) ?? []))
      say(sender, type, plaintext, 1000);
  return all;
}

/** The records of a datagram; one of DTLS 1.3 that is encrypted stands alone in these captures. @param {Buffer} frame */
function recordsOf(frame) {
  /** @type {Buffer[]} */
  const records = [];
  for (let at = PAYLOAD; at < frame.length; ) {
    const encrypted13 = ((frame[at] ?? 0) & 0xe0) === 0x20;
    const length = encrypted13 ? frame.length - at : 13 + frame.readUInt16BE(at + 11);
    records.push(frame.subarray(at, at + length));
    at += length;
  }
  return records;
}

/** What a sensor may say: 215 to 414 bytes of text. @param {number} n */
function reading(n) {
  const line = `{"n":${n},"celsius":${(20 + Math.sin(n)).toFixed(3)},"pascal":${101_325 + ((n * 7919) % 400)}}\n`;
  return Buffer.from(line.repeat(8)).subarray(0, 215 + ((n * 37) % 200));
}

/** Another datagram between the same endpoints. @param {Buffer} like @param {Buffer} payload */
function inFrame(like, payload) {
  const frame = Buffer.concat([like.subarray(0, PAYLOAD), payload]);
  frame.writeUInt16BE(frame.length - IP, IP + 2);
  frame.writeUInt16BE(frame.length - UDP, UDP + 4);
  withoutChecksums(frame);
  return frame;
}

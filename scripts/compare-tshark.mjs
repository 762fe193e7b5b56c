/**
 * What tshark reads in every capture of samples/, written down for `test/tshark/agreement.test.ts`, which holds our
 * records against it and needs no tshark itself. Run by hand, `node scripts/compare-tshark.mjs`, where tshark 4.0.17
 * is installed (Debian 12: `apt-get install tshark`). Captures and their keys are those of the corpus's MANIFEST.json.
 *
 * facts.jsonl has a line for each capture: its name and, for each packet with DTLS, [packet, records]; `records` is
 * null where the packet is left out, and left-out.json says why. A record is, without the empty lists at its end,
 *   [content type, epoch, sequence number, bytes with header, handshake headers, alerts]
 * With a connection ID that tshark could open, [25, type inside] stands for the content type. What a closed record
 * carries is not listed. A handshake header is [type, length, message_seq, fragment_offset, fragment_length], an alert
 * [level, description].
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readPdml } from '../test/tshark/pdml.mjs';

/** @typedef {{ file: string, keys?: string, psk?: string, privateKey?: string, text?: boolean }} Known */
/** @typedef {import('../test/tshark/pdml.mjs').Packet} Packet */
/** @typedef {[number, unknown[][] | null]} Facts */

const VERSION = '4.0.17';
const run = promisify(execFile);
const root = fileURLToPath(new URL('..', import.meta.url));

/** DTLS inside TURN is off by default, and so is putting TCP segments in order. */
const ALWAYS = [
  ...['--enable-heuristic', 'dtls_stun', '--enable-heuristic', 'dtls_classicstun'],
  ...['-o', 'tcp.reassemble_out_of_order:TRUE'],
];
/** What tshark has to be told about one capture besides its keys. @type {{ [file: string]: string[] }} */
const OPTIONS = {
  'mpls-pseudowire-controlword.pcap': ['-d', 'mpls.label==777,pwethcw'],
  // A port registered for another protocol.
  'openssl-reneg-server.pcap': ['-d', 'udp.port==23272,dtls'],
  'sctp-ppid0-anyport-dtls12.pcap': ['-d', 'sctp.port==41001,dtls'],
  'user0-ip-dtls12.pcap': ['-o', 'uat:user_dlts:"User 0 (DLT=147)","ip","0","","0",""'],
};

const UNIFIED = 'a record with a unified header (DTLS 1.3), which tshark 4.0 does not know';
const TURN_TCP = 'tshark places a record of TURN over TCP where the TURN message ends, not where the record does';
const ICE_TCP = 'DTLS framed on TCP (RFC 4571), which tshark does not look for';
/**
 * Where tshark does not look for DTLS, or reads wrongly without a word; without `packets`, in the whole capture.
 * Who is right was looked up in the bytes; for ICE-TCP, SOCKS5 and Simple Proxy Protocol in tshark's own packet list.
 * @type {{ [file: string]: { packets?: number[], why: string } }}
 */
const WRONG = {
  'chromium-webrtc-dc-icedtls.pcap': {
    packets: [1, 4],
    why: 'DTLS in a STUN attribute (0xc070), which tshark does not know',
  },
  'icetcp-coalesced-dtls13.pcap': { why: ICE_TCP },
  'icetcp-firefox-dtls12.tcp.pcap': { why: ICE_TCP },
  'icetcp-firefox.tcp.pcap': { why: ICE_TCP },
  'proxyprotocol-v2-dtls12.pcap': {
    packets: [1, 3, 5, 8, 10],
    why: 'tshark reads the PROXY header and nothing behind it',
  },
  'sctp-fragments-out-of-order-dup-dtls12.pcap': {
    packets: [12],
    why: 'completes a message of SCTP (TSN 4294967294 to 0), which tshark does not put together',
  },
  'simpleproxyprotocol-dtls12.pcap': { why: 'behind the header of the Simple Proxy Protocol tshark reads nothing' },
  'socks5-udp-dtls12.pcap': { why: 'DTLS in SOCKS5 datagrams, which tshark does not look for' },
  'turn-tcp-firefox.answerer.pcap': { packets: [30, 31, 35], why: TURN_TCP },
  'turn-tcp-firefox.offerer.pcap': { packets: [25, 27], why: TURN_TCP },
  'turn-tcp-resegmented-dtls12.pcap': {
    why: 'TCP segments come again in other pieces: tshark reports overlaps and places or drops the records behind them',
  },
};

const known = /** @type {Known[]} */ (JSON.parse(readFileSync(join(root, 'samples/corpus/MANIFEST.json'), 'utf8')));
const captures = known.filter((capture) => !capture.text).sort((a, b) => (a.file < b.file ? -1 : 1));
await checkVersion();
const preferences = mkdtempSync(join(tmpdir(), 'tshark-'));
/** @type {Map<string, { facts: Facts[], why: Map<string, number[]> }>} */
const results = new Map();
const queue = [...captures];
await Promise.all(Array.from({ length: availableParallelism() + 1 }, work));
rmSync(preferences, { recursive: true });
write();

async function checkVersion() {
  const said = await run('tshark', ['--version']).then(
    ({ stdout }) => stdout.split('\n', 1)[0] ?? '',
    () => '',
  );
  if (said.includes(` ${VERSION} `)) return;
  console.error(`This needs tshark ${VERSION}, which the exceptions were made for; here is ${said || 'none'}.`);
  process.exit(2);
}

async function work() {
  for (let next = queue.shift(); next; next = queue.shift()) results.set(next.file, judge(next.file, await read(next)));
}

/** @param {Known} capture */
async function read({ file, keys, psk, privateKey }) {
  const secrets = [
    ...(keys ? ['-o', `tls.keylog_file:${pathOf(keys)}`] : []),
    ...(psk ? ['-o', `dtls.psk:${psk}`] : []),
    ...(privateKey ? ['-o', `uat:rsa_keys:"${pathOf(privateKey)}",""`] : []),
  ];
  const args = ['-r', pathOf(file), ...secrets, ...ALWAYS, ...(OPTIONS[file] ?? []), '-T', 'pdml'];
  // Preferences of whoever runs this must not change what it finds.
  const env = { ...process.env, WIRESHARK_CONFIG_DIR: preferences };
  // A capture that is cut short gives a bad exit status after everything before the cut.
  const { stdout } = await run('tshark', args, { maxBuffer: 2 ** 30, env }).catch((error) => error);
  return readPdml(stdout);
}

/** @param {string} file @param {Packet[]} packets */
function judge(file, packets) {
  /** @type {Facts[]} */
  const facts = [];
  /** @type {Map<string, number[]>} */
  const why = new Map();
  if (WRONG[file] && !WRONG[file].packets) return { facts, why: why.set(WRONG[file].why, []) };
  for (const packet of packets) {
    const reason = WRONG[file]?.packets?.includes(packet.number) ? WRONG[file].why : doubt(packet);
    if (reason !== null) why.set(reason, [...(why.get(reason) ?? []), packet.number]);
    if (reason !== null) facts.push([packet.number, null]);
    else if (packet.records.length > 0) facts.push([packet.number, packet.records.map(factsOf)]);
  }
  return { facts, why };
}

/** Why this packet cannot be compared, from the packet and what tshark itself says of it; null if it can. @param {Packet} packet */
function doubt({ records, covered, malformed, undissected }) {
  if (undissected.some((payload) => Number.parseInt(payload.slice(0, 2), 16) >> 5 === 1)) return UNIFIED;
  if (!covered) return 'tshark stops within the datagram';
  if (records.length === 0) {
    const refusal = undissected.find((payload) => /^1[4-9a](fefd|feff|0100)/.test(payload));
    return refusal === undefined ? null : refused(refusal);
  }
  const whole = records.every(
    ({ handshake, epoch, length }) =>
      handshake.length === 0 ||
      (epoch > 0 ? !malformed : handshake.reduce((sum, h) => sum + 12 + (h[4] ?? 0), 0) === length),
  );
  return whole ? null : 'tshark stops within a record';
}

/** Which of the conditions of tshark's heuristic a datagram that starts like DTLS fails. @param {string} datagram */
function refused(datagram) {
  const bytes = Buffer.from(datagram, 'hex');
  for (let at = 0; at < bytes.length; at += 13 + bytes.readUInt16BE(at + 11)) {
    const type = bytes[at] ?? 0;
    if (type >> 5 === 1) return UNIFIED;
    if (type === 26) return 'an ACK (DTLS 1.3), which tshark 4.0 does not know';
    if (type === 25) return 'a connection ID that tshark does not know';
    if (at + 13 > bytes.length) return 'not DTLS to tshark: cut within a record header';
    if (at + 13 + bytes.readUInt16BE(at + 11) > bytes.length) return 'not DTLS to tshark: cut within a record';
  }
  return 'not DTLS to tshark, though its records fill the datagram';
}

/** @param {Packet['records'][number]} record @returns {unknown[]} */
function factsOf({ type, inner, epoch, sequence, size, handshake, alerts }) {
  const facts = [inner === null ? type : [type, inner], epoch, sequence, size];
  if (alerts.length > 0) return [...facts, handshake, alerts];
  return handshake.length > 0 ? [...facts, handshake] : facts;
}

function write() {
  /** @type {string[]} */
  const lines = [];
  /** @type {{ [file: string]: string }} */
  const leftOut = {};
  const sum = { captures: 0, packets: 0, records: 0, numbers: 0 };
  /** @type {Map<string, { packets: number, captures: number }>} */
  const reasons = new Map();
  for (const { file } of captures) {
    const { facts, why } = results.get(file) ?? { facts: [], why: new Map() };
    const compared = facts.flatMap(([, records]) => (records ? [records] : []));
    if (facts.length === 0 && why.size === 0) why.set('tshark finds no DTLS in it', []);
    if (compared.length > 0) {
      lines.push(`${JSON.stringify([file, facts])}\n`);
      sum.captures += 1;
      sum.packets += compared.length;
      sum.records += compared.flat().length;
      sum.numbers += compared.flat(Number.POSITIVE_INFINITY).filter((fact) => fact !== null).length;
    }
    for (const [reason, packets] of why) {
      const { packets: before, captures } = reasons.get(reason) ?? { packets: 0, captures: 0 };
      reasons.set(reason, { packets: before + packets.length, captures: captures + 1 });
      const where = packets.length > 0 ? `packets ${ranges(packets)}` : 'all';
      leftOut[file] = `${leftOut[file] ? `${leftOut[file]}; ` : ''}${where}: ${reason}`;
    }
  }
  writeFileSync(join(root, 'test/tshark/facts.jsonl'), lines.join(''));
  writeFileSync(join(root, 'test/tshark/left-out.json'), `${JSON.stringify(leftOut, null, 2)}\n`);
  console.log(
    `tshark ${VERSION} read ${sum.captures} of ${captures.length} captures: ${sum.packets} packets, ${sum.records} records, ${sum.numbers} numbers to compare.`,
  );
  for (const [reason, { packets, captures: of }] of reasons)
    console.log(`Left out of ${of} captures: ${packets || 'all'} packets, ${reason}.`);
}

/** "3-5, 8" @param {number[]} numbers */
function ranges(numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const n of numbers) {
    const last = found.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}

/** @param {string} file */
function pathOf(file) {
  const folders = ['samples', 'samples/corpus', 'samples/corpus/synthetic'];
  const path = folders.map((folder) => join(root, folder, file)).find(existsSync);
  if (!path) throw new Error(`${file} is not in samples/`);
  return path;
}

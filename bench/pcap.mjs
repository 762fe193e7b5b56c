/**
 * Captures of any size, made of real ones: handshakes again from other addresses, or one association that goes on for
 * thousands of records. For pcap files of Ethernet, IPv4 and UDP, as those of samples/ are.
 */

/**
 * @typedef {{ readonly micros: number, readonly frame: Buffer }} Packet `frame` from the link-layer header on
 * @typedef {{ readonly header: Buffer, readonly packets: readonly Packet[] }} Capture
 */

const FILE_HEADER = 24;
export const PACKET_HEADER = 16;
export const IP = 14;
export const UDP = IP + 20;
export const PAYLOAD = UDP + 8;
const RECORD_HEADER = 13;

/** @param {Buffer} file @returns {Capture} */
export function readPcap(file) {
  if (file.readUInt32LE(0) !== 0xa1b2c3d4 || file.readUInt32LE(20) !== 1)
    throw new Error('A pcap of Ethernet is wanted.');
  /** @type {Packet[]} */
  const packets = [];
  for (let at = FILE_HEADER; at < file.length; ) {
    const length = file.readUInt32LE(at + 8);
    const micros = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4);
    packets.push({ micros, frame: file.subarray(at + PACKET_HEADER, at + PACKET_HEADER + length) });
    at += PACKET_HEADER + length;
  }
  return { header: file.subarray(0, FILE_HEADER), packets };
}

/** @param {Buffer} header @param {readonly Packet[]} packets @returns {Buffer} */
export function writePcap(header, packets) {
  const parts = [header];
  for (const { micros, frame } of packets) {
    const head = Buffer.alloc(PACKET_HEADER);
    head.writeUInt32LE(Math.floor(micros / 1e6), 0);
    head.writeUInt32LE(micros % 1e6, 4);
    head.writeUInt32LE(frame.length, 8);
    head.writeUInt32LE(frame.length, 12);
    parts.push(head, frame);
  }
  return Buffer.concat(parts);
}

/**
 * Captures one after the other, over and over, each time from another client address, until there are `count`.
 * @param {readonly Capture[]} captures
 * @param {number} count
 * @param {number} apartMs from one start to the next
 * @returns {Buffer}
 */
export function manyHandshakes(captures, count, apartMs = 2) {
  const [first] = captures;
  const begin = first?.packets[0]?.micros ?? 0;
  /** @type {Packet[]} */
  const packets = [];
  for (let i = 0; i < count; i++) {
    const capture = captures[i % captures.length];
    if (!capture) continue;
    const [opening] = capture.packets;
    if (!opening) continue;
    const port = opening.frame.readUInt16BE(UDP);
    for (const { micros, frame } of capture.packets) {
      const copy = Buffer.from(frame);
      const address = copy.readUInt16BE(UDP) === port ? IP + 12 : IP + 16;
      copy.writeUInt32BE(0x0a00_0000 + i + 1, address);
      withoutChecksums(copy);
      packets.push({ micros: begin + Math.round(i * apartMs * 1000) + (micros - opening.micros), frame: copy });
    }
  }
  packets.sort((a, b) => a.micros - b.micros);
  return writePcap(first?.header ?? Buffer.alloc(0), packets);
}

/**
 * One association that goes on: the whole capture, and then `again` of its packets over and over, with the record
 * numbers that their senders would have given them.
 * @param {Capture} capture
 * @param {readonly number[]} again 1-based numbers of packets
 * @param {number} records how many records it shall have
 * @param {(round: number) => number} pauseMs before a round
 * @returns {Capture}
 */
export function longAssociation({ header, packets }, again, records, pauseMs) {
  /** Next number, by direction and epoch. @type {Map<string, number>} */
  const next = new Map();
  let count = 0;
  for (const { frame } of packets) count += renumber(frame, next, false);
  const last = packets.at(-1);
  const chosen = again.flatMap((number) => packets[number - 1] ?? []);
  const [start] = chosen;
  if (!last || !start) throw new Error('There is nothing to go on with.');
  const all = [...packets];
  let micros = last.micros;
  for (let round = 0; count < records; round++) {
    micros += Math.round(pauseMs(round) * 1000);
    let end = micros;
    for (const packet of chosen) {
      const copy = Buffer.from(packet.frame);
      count += renumber(copy, next, true);
      withoutChecksums(copy);
      end = micros + (packet.micros - start.micros);
      all.push({ micros: end, frame: copy });
    }
    micros = end;
  }
  return { header, packets: all };
}

/**
 * Notes the record numbers of a datagram, or gives its records the next ones. How many records it has.
 * @param {Buffer} frame @param {Map<string, number>} next @param {boolean} write
 */
function renumber(frame, next, write) {
  let records = 0;
  for (let at = PAYLOAD; at + RECORD_HEADER <= frame.length; at += RECORD_HEADER + frame.readUInt16BE(at + 11)) {
    const key = `${frame.readUInt16BE(UDP)} ${frame.readUInt16BE(at + 3)}`;
    const number = write ? (next.get(key) ?? 0) : frame.readUIntBE(at + 5, 6);
    if (write) frame.writeUIntBE(number, at + 5, 6);
    next.set(key, Math.max(next.get(key) ?? 0, number + 1));
    records++;
  }
  return records;
}

/** 0 in UDP means that there is none; nobody looks at that of IP. @param {Buffer} frame */
export function withoutChecksums(frame) {
  frame.writeUInt16BE(0, IP + 10);
  frame.writeUInt16BE(0, UDP + 6);
}

/** DNS over DTLS (RFC 8094): the message of RFC 1035 §4 as it is over UDP, without a length before it. */
import type { ByteReader } from '../wire/reader.ts';
import { decodeName, type Names } from './dns-names.ts';
import type { Protocol, Reading } from './protocol.ts';

const HEADER = 12;
const RESPONSE = 0x8000;

const TYPES: ReadonlyMap<number, string> = new Map([
  [1, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [28, 'AAAA'],
  [33, 'SRV'],
  [35, 'NAPTR'],
  [39, 'DNAME'],
  [41, 'OPT'],
  [43, 'DS'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [50, 'NSEC3'],
  [52, 'TLSA'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [252, 'AXFR'],
  [255, 'ANY'],
  [257, 'CAA'],
]);
const OPCODES = ['QUERY', 'IQUERY', 'STATUS', 'opcode 3', 'NOTIFY', 'UPDATE', 'DSO'];
const CODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED', 'YXDOMAIN', 'YXRRSET', 'NXRRSET'];
/** IN, CH, HS, NONE, ANY. */
const CLASSES: ReadonlySet<number> = new Set([1, 3, 4, 254, 255]);

export const DNS: Protocol = {
  names: ['DNS'],
  ports: [853],
  alpn: ['dot'],
  // One question, as every message has had for decades, and counts that its length can hold.
  mayBe: (bytes) => bytes.length >= HEADER + 5 && bytes[4] === 0 && bytes[5] === 1,
  decode: decodeDns,
};

function decodeDns(r: ByteReader): Reading {
  const names: Names = { start: r.offset, known: new Map() };
  r.uint16('id');
  const flags = r.uint16('flags', flagNames);
  const questions = r.uint16('qdcount');
  const records = [r.uint16('ancount'), r.uint16('nscount'), r.uint16('arcount')] as const;
  let sure = ((flags >> 11) & 0xf) < OPCODES.length && (flags & 0x40) === 0 && (flags & 0xf) < 12;
  const asked: string[] = [];
  for (let i = 0; i < questions && r.remaining > 0; i++) {
    const { text, regular } = decodeQuestion(r, names);
    asked.push(text);
    sure &&= regular;
  }
  for (const [section, count] of [
    ['answer', records[0]],
    ['authority', records[1]],
    ['additional', records[2]],
  ] as const) {
    for (let i = 0; i < count && r.remaining > 0; i++) decodeRecord(r, section, names);
  }
  const what = asked.join(', ');
  const answers = `${CODES[flags & 0xf] ?? `code ${flags & 0xf}`}, ${records[0] === 1 ? '1 answer' : `${records[0]} answers`}`;
  const opcode = OPCODES[(flags >> 11) & 0xf] ?? 'query';
  const kind = flags & RESPONSE ? 'response' : opcode === 'QUERY' ? 'query' : opcode;
  return { protocol: 'DNS', summary: `${kind} ${what}${flags & RESPONSE ? `: ${answers}` : ''}`, sure };
}

function flagNames(flags: number): string {
  const set = [
    [RESPONSE, 'QR'],
    [0x400, 'AA'],
    [0x200, 'TC'],
    [0x100, 'RD'],
    [0x80, 'RA'],
    [0x20, 'AD'],
    [0x10, 'CD'],
  ] as const;
  const names = set.filter(([bit]) => flags & bit).map(([, name]) => name);
  return [
    OPCODES[(flags >> 11) & 0xf] ?? 'opcode',
    ...names,
    ...(flags & RESPONSE ? [CODES[flags & 0xf] ?? ''] : []),
  ].join(' ');
}

function decodeQuestion(r: ByteReader, names: Names): { text: string; regular: boolean } {
  return r.group(
    'question',
    () => {
      const name = decodeName(r, 'qname', names);
      const type = r.uint16('qtype', typeName);
      const inClass = r.uint16('qclass');
      return { text: `${typeName(type)} ${name}`, regular: CLASSES.has(inClass) };
    },
    ({ text }) => text,
  );
}

/** RFC 1035 §4.1.3; the fields of OPT mean something else (RFC 6891 §6.1.2) and keep their places. */
function decodeRecord(r: ByteReader, section: string, names: Names): void {
  r.group(
    section,
    () => {
      const name = decodeName(r, 'name', names);
      const type = r.uint16('type', typeName);
      r.uint16('class');
      r.uint32('ttl');
      const data = r.subVector('rdata', 2);
      const value = decodeData(data, type, names);
      if (data.remaining > 0) data.opaque('rdata', data.remaining);
      return `${typeName(type)} ${name}${value === null ? '' : ` ${value}`}`;
    },
    (text) => text,
  );
}

/** Data with names is read, as later names may point into it. */
function decodeData(r: ByteReader, type: number, names: Names): string | null {
  switch (type) {
    case 2:
    case 5:
    case 12:
      return decodeName(r, 'rdata', names);
    case 6: {
      const primary = decodeName(r, 'mname', names);
      decodeName(r, 'rname', names);
      for (const field of ['serial', 'refresh', 'retry', 'expire', 'minimum']) r.uint32(field);
      return primary;
    }
    case 15:
      r.uint16('preference');
      return decodeName(r, 'exchange', names);
    case 33:
      for (const field of ['priority', 'weight', 'port']) r.uint16(field);
      return decodeName(r, 'target', names);
    default: {
      if (r.remaining === 0) return null;
      const bytes = r.opaque('rdata', r.remaining);
      return type === 1 && bytes.length === 4 ? bytes.join('.') : null;
    }
  }
}

function typeName(type: number): string {
  return TYPES.get(type) ?? `TYPE${type}`;
}

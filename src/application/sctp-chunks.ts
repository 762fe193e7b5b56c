/** What the chunks of SCTP carry (RFC 9260 §3.3 and the RFCs named below), and messages of data channels (RFC 8832). */
import type { ByteReader } from '../wire/reader.ts';
import { printable } from '../wire/text.ts';
import { oneLine, quoted, sized } from './one-line.ts';
import { CAUSES, CHANNEL_TYPES, CHUNKS, PARAMETERS, PPIDS, RESET_RESULTS } from './sctp-names.ts';

/** DATA flags (RFC 9260 §3.3.1). */
const FIRST = 0x02;
const LAST = 0x01;

/** One line about the chunk; null where its name says it all. */
export function decodeChunkBody(type: number, flags: number, r: ByteReader): string | null {
  switch (type) {
    case 0:
      return decodeData(flags, r);
    case 64:
      return decodeInterleavedData(flags, r);
    case 1:
    case 2:
      return decodeInit(type, r);
    case 3:
      return decodeSack(r);
    case 4:
    case 5:
    case 130:
      return decodeParameters(type, r);
    case 6:
    case 9:
      return decodeCauses(type, r);
    case 7:
      r.uint32('cumulative_tsn_ack');
      return null;
    case 192:
    case 194:
      return decodeForwardTsn(type, r);
    default:
      return null;
  }
}

/** RFC 9260 §3.3.1. */
function decodeData(flags: number, r: ByteReader): string {
  r.uint32('tsn');
  const stream = r.uint16('stream_identifier');
  r.uint16('stream_sequence_number');
  const ppid = r.uint32('payload_protocol_identifier', ppidName);
  return `DATA stream ${stream}: ${decodeUserData(flags, ppid, r)}`;
}

/** RFC 8260 §2.1: the protocol is named in the first fragment; the others count there. */
function decodeInterleavedData(flags: number, r: ByteReader): string {
  r.uint32('tsn');
  const stream = r.uint16('stream_identifier');
  r.uint16('reserved');
  r.uint32('message_identifier');
  if (!(flags & FIRST)) {
    const fragment = r.uint32('fragment_sequence_number');
    const bytes = r.opaque('user_data', r.remaining, shownData);
    return `I-DATA stream ${stream}: fragment ${fragment}, ${sized(bytes.length)}`;
  }
  return `I-DATA stream ${stream}: ${decodeUserData(flags, r.uint32('payload_protocol_identifier', ppidName), r)}`;
}

function decodeUserData(flags: number, ppid: number, r: ByteReader): string {
  const whole = (flags & FIRST) !== 0 && (flags & LAST) !== 0;
  if (ppid === 50 && whole) return decodeDcep(r);
  const bytes = r.opaque('user_data', r.remaining, shownData);
  const name = ppidName(ppid);
  // The empty message is one byte that does not count (RFC 8831 §6.6).
  if (ppid === 56 || ppid === 57) return name;
  if (!whole)
    return `${name}, ${flags & FIRST ? 'first' : flags & LAST ? 'last' : 'middle'} fragment, ${sized(bytes.length)}`;
  return ppid === 51 && printable(bytes) !== null ? `${name} ${quoted(bytes)}` : `${name}, ${sized(bytes.length)}`;
}

function shownData(bytes: Uint8Array): string | null {
  return printable(bytes) === null ? null : oneLine(bytes, 200);
}

/** DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK (RFC 8832 §5). */
function decodeDcep(r: ByteReader): string {
  const type = r.uint8('message_type', (value) =>
    value === 3 ? 'DATA_CHANNEL_OPEN' : value === 2 ? 'DATA_CHANNEL_ACK' : null,
  );
  if (type !== 3) {
    if (r.remaining > 0) r.opaque('message', r.remaining);
    return type === 2 ? 'DCEP ack' : `DCEP message ${type}`;
  }
  const channelType = r.uint8('channel_type', (value) => CHANNEL_TYPES.get(value) ?? null);
  r.uint16('priority');
  r.uint32('reliability_parameter');
  const labelLength = r.uint16('label_length');
  const protocolLength = r.uint16('protocol_length');
  const label = r.opaque('label', labelLength, (bytes) => oneLine(bytes));
  const protocol =
    protocolLength > 0 ? r.opaque('protocol', protocolLength, (bytes) => oneLine(bytes)) : new Uint8Array();
  const kind = CHANNEL_TYPES.get(channelType) ?? `type ${channelType}`;
  return `DCEP open ${quoted(label)}${protocol.length > 0 ? `, protocol ${quoted(protocol)}` : ''}, ${kind}`;
}

/** RFC 9260 §3.3.2 and §3.3.3. */
function decodeInit(type: number, r: ByteReader): string {
  r.uint32('initiate_tag');
  const window = r.uint32('a_rwnd');
  const outbound = r.uint16('outbound_streams');
  const inbound = r.uint16('inbound_streams');
  r.uint32('initial_tsn');
  while (r.remaining > 0) decodeParameter(r, PARAMETERS, 'parameter');
  return `${CHUNKS.get(type)}, ${outbound} streams out and ${inbound} in, window ${window}`;
}

/** RFC 9260 §3.3.4. */
function decodeSack(r: ByteReader): string {
  r.uint32('cumulative_tsn_ack');
  const window = r.uint32('a_rwnd');
  const gaps = r.uint16('number_of_gap_ack_blocks');
  const duplicates = r.uint16('number_of_duplicate_tsns');
  for (let i = 0; i < gaps && r.remaining > 0; i++) {
    r.group('gap_ack_block', () => {
      r.uint16('start');
      r.uint16('end');
    });
  }
  for (let i = 0; i < duplicates && r.remaining > 0; i++) r.uint32('duplicate_tsn');
  const said = [gaps > 0 ? `gap ack blocks: ${gaps}` : '', duplicates > 0 ? `duplicates: ${duplicates}` : ''];
  if (window === 0) said.push('window 0');
  return ['SACK', ...said.filter((one) => one !== '')].join(', ');
}

function decodeParameters(type: number, r: ByteReader): string | null {
  const names: string[] = [];
  while (r.remaining > 0) names.push(decodeParameter(r, PARAMETERS, 'parameter'));
  return type === 130 ? `RE-CONFIG (${names.join(', ')})` : null;
}

function decodeCauses(type: number, r: ByteReader): string {
  const names: string[] = [];
  while (r.remaining > 0) names.push(decodeParameter(r, CAUSES, 'cause'));
  const name = CHUNKS.get(type) ?? 'chunk';
  return names.length > 0 ? `${name} (${names.join(', ')})` : name;
}

/** RFC 9260 §3.2.1: type, length with its own four bytes, value, padding. Error causes have the same form. */
function decodeParameter(r: ByteReader, table: ReadonlyMap<number, string>, what: 'parameter' | 'cause'): string {
  return r.group(
    what,
    () => {
      const from = r.offset;
      const type = r.uint16(`${what}_type`, (value) => table.get(value) ?? null);
      const length = r.uint16(`${what}_length`);
      const name = table.get(type) ?? `${what} ${type}`;
      if (length < 4) {
        r.illegal(`${what}_length`, r.span(from), 'it counts its own 4 bytes (RFC 9260 §3.2.1)');
        r.opaque(`${what}_value`, r.remaining);
        return name;
      }
      const value = r.sub(`${what}_value`, length - 4);
      const more = what === 'cause' ? causeValue(type, value) : parameterValue(type, value);
      if (value.remaining > 0) value.opaque(`${what}_value`, value.remaining);
      pad(r, length);
      return more === null ? name : `${name}: ${more}`;
    },
    (summary) => summary,
  );
}

/** The reason that a user gives for an abort, or an endpoint for a violation, may be text. */
function causeValue(type: number, r: ByteReader): string | null {
  if (r.remaining === 0) return null;
  const value = r.opaque('cause_value', r.remaining, shownData);
  return (type === 12 || type === 13) && printable(value) !== null ? oneLine(value) : null;
}

function parameterValue(type: number, r: ByteReader): string | null {
  switch (type) {
    case 0x8008: {
      const names: string[] = [];
      while (r.remaining > 0) {
        const chunk = r.uint8('chunk_type', (value) => CHUNKS.get(value) ?? null);
        names.push(CHUNKS.get(chunk) ?? String(chunk));
      }
      return names.join(', ');
    }
    case 13: {
      r.uint32('re_configuration_request_sequence_number');
      r.uint32('re_configuration_response_sequence_number');
      r.uint32('senders_last_assigned_tsn');
      const streams: number[] = [];
      while (r.remaining > 1) streams.push(r.uint16('stream_number'));
      if (streams.length === 0) return 'all streams';
      return `${streams.length === 1 ? 'stream' : 'streams'} ${streams.join(', ')}`;
    }
    case 16: {
      r.uint32('re_configuration_response_sequence_number');
      const result = r.uint32('result', (value) => RESET_RESULTS[value] ?? null);
      if (r.remaining > 0) r.opaque('tsns', r.remaining);
      return RESET_RESULTS[result] ?? `result ${result}`;
    }
    default:
      if (r.remaining > 0) r.opaque('parameter_value', r.remaining);
      return null;
  }
}

/** RFC 3758 §3.2, RFC 8260 §2.3.1. */
function decodeForwardTsn(type: number, r: ByteReader): string {
  r.uint32('new_cumulative_tsn');
  const streams = new Set<number>();
  while (r.remaining > 0) {
    r.group('stream', () => {
      streams.add(r.uint16('stream_identifier'));
      if (type === 192) r.uint16('stream_sequence_number');
      else {
        r.uint16('flags');
        r.uint32('message_identifier');
      }
    });
  }
  const name = CHUNKS.get(type) ?? 'FORWARD TSN';
  return streams.size === 0 ? name : `${name}, stream ${[...streams].slice(0, 8).join(', ')}`;
}

/** To the next multiple of four. The last one may be missing, which receivers let pass. */
export function pad(r: ByteReader, length: number): void {
  const padding = Math.min((4 - (length % 4)) % 4, r.remaining);
  if (padding > 0) r.opaque('padding', padding);
}

function ppidName(ppid: number): string {
  return PPIDS.get(ppid) ?? `PPID ${ppid}`;
}

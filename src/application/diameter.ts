/** Diameter over DTLS (RFC 6733 §3 and §4, on SCTP or UDP): a header of 20 bytes and attribute-value pairs. */
import type { ByteReader } from '../wire/reader.ts';
import { printable } from '../wire/text.ts';
import { oneLine } from './one-line.ts';
import type { Protocol, Reading } from './protocol.ts';

const HEADER = 20;
const REQUEST = 0x80;
/** Flag of an AVP: its vendor follows. */
const VENDOR = 0x80;

const COMMANDS: ReadonlyMap<number, string> = new Map([
  [257, 'Capabilities-Exchange'],
  [258, 'Re-Auth'],
  [265, 'AA'],
  [268, 'Diameter-EAP'],
  [271, 'Accounting'],
  [272, 'Credit-Control'],
  [274, 'Abort-Session'],
  [275, 'Session-Termination'],
  [280, 'Device-Watchdog'],
  [282, 'Disconnect-Peer'],
  [316, '3GPP-Update-Location'],
  [318, '3GPP-Authentication-Information'],
]);

const AVPS: ReadonlyMap<number, string> = new Map([
  [1, 'User-Name'],
  [257, 'Host-IP-Address'],
  [258, 'Auth-Application-Id'],
  [259, 'Acct-Application-Id'],
  [260, 'Vendor-Specific-Application-Id'],
  [263, 'Session-Id'],
  [264, 'Origin-Host'],
  [265, 'Supported-Vendor-Id'],
  [266, 'Vendor-Id'],
  [267, 'Firmware-Revision'],
  [268, 'Result-Code'],
  [269, 'Product-Name'],
  [273, 'Disconnect-Cause'],
  [277, 'Auth-Session-State'],
  [278, 'Origin-State-Id'],
  [281, 'Error-Message'],
  [283, 'Destination-Realm'],
  [293, 'Destination-Host'],
  [296, 'Origin-Realm'],
]);

export const DIAMETER: Protocol = {
  names: ['Diameter'],
  ports: [3868, 5658, 5868],
  alpn: [],
  mayBe: (bytes) =>
    bytes.length >= HEADER &&
    bytes[0] === 1 &&
    (bytes[1] ?? 0) * 65536 + (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0) === bytes.length &&
    ((bytes[4] ?? 0) & 0x0f) === 0,
  decode: decodeDiameter,
};

function decodeDiameter(r: ByteReader): Reading {
  r.uint8('version');
  const length = r.uint24('message_length');
  const flags = r.uint8('command_flags', (value) => (value & REQUEST ? 'request' : 'answer'));
  const command = r.uint24('command_code', (value) => COMMANDS.get(value) ?? null);
  r.uint32('application_id');
  r.uint32('hop_by_hop_identifier');
  r.uint32('end_to_end_identifier');
  const body = r.sub('avps', Math.max(0, length - HEADER));
  let origin: string | null = null;
  while (body.remaining > 0) origin = decodeAvp(body) ?? origin;
  const name = `${COMMANDS.get(command) ?? `command ${command}`} ${flags & REQUEST ? 'request' : 'answer'}`;
  return { protocol: 'Diameter', summary: origin === null ? name : `${name} from ${origin}`, sure: length % 4 === 0 };
}

/** RFC 6733 §4.1. The Origin-Host, where it is that. */
function decodeAvp(r: ByteReader): string | null {
  const from = r.offset;
  return r.group('AVP', () => {
    const code = r.uint32('avp_code', (value) => AVPS.get(value) ?? null);
    const flags = r.uint8('avp_flags');
    const length = r.uint24('avp_length');
    const header = flags & VENDOR ? 12 : 8;
    if (flags & VENDOR) r.uint32('vendor_id');
    if (length < header) {
      r.illegal('avp_length', r.span(from), 'it counts its own header (RFC 6733 §4.1)');
      r.opaque('data', r.remaining);
      return null;
    }
    const data = r.opaque('data', length - header, (bytes) => (printable(bytes) === null ? null : oneLine(bytes, 120)));
    const padding = Math.min((4 - (length % 4)) % 4, r.remaining);
    if (padding > 0) r.opaque('padding', padding);
    return code === 264 && !(flags & VENDOR) ? oneLine(data) : null;
  });
}

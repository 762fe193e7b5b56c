/**
 * Headers that a proxy puts before the client's datagrams to say who the client is. The endpoints stay those of the
 * UDP header: answers carry no PROXY header, and both directions have to belong together.
 */
import { ip6Text } from './address.ts';
import { uint8, uint16 } from './big-endian.ts';
import type { Datagram } from './datagram.ts';
import { dtlsShape } from './dtls-shape.ts';
import type { Inside } from './inner-datagram.ts';

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];

/** PROXY protocol version 2 (haproxy, proxy-protocol.txt §2.2): signature, version and command, family, length. */
export function insideProxyProtocol({ payload, missing }: Datagram): Inside | null {
  if (payload.length < 16 || !SIGNATURE.every((byte, i) => payload[i] === byte)) return null;
  if (uint8(payload, 12) >> 4 !== 2) return null;
  const from = 16 + uint16(payload, 14);
  return from < payload.length ? { from, to: payload.length + missing, carrier: 'PROXY protocol' } : null;
}

const SIMPLE_MAGIC = 0x56ec;
const SIMPLE_LENGTH = 38;

/**
 * Cloudflare's Simple Proxy Protocol for UDP: magic(2) client(16) proxy(16) client port(2) proxy port(2), the same in
 * both directions; IPv4 addresses are mapped to IPv6. Many clients may share the proxy's port, so they make the tag.
 */
export function insideSimpleProxyProtocol({ payload, missing }: Datagram): Inside | null {
  if (payload.length <= SIMPLE_LENGTH || uint16(payload, 0) !== SIMPLE_MAGIC) return null;
  // Two bytes of magic are little evidence.
  const mapped = isMapped(payload, 2) && isMapped(payload, 18);
  if (!mapped && !dtlsShape(payload, SIMPLE_LENGTH, payload.length, missing)) return null;
  const client = ip6Text(payload, 2).replace('::ffff:', '');
  const tag = `client ${client.includes(':') ? `[${client}]` : client}:${uint16(payload, 34)}`;
  return { from: SIMPLE_LENGTH, to: payload.length + missing, carrier: 'Simple Proxy Protocol', tag };
}

/** ::ffff:0:0/96 */
function isMapped(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return uint16(bytes, at + 10) === 0xffff;
}

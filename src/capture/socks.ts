/**
 * The UDP relay of SOCKS5 (RFC 1928 §7): every datagram between client and relay begins with the address of the
 * remote peer, in both directions. The peer takes the place of the relay, so that both directions belong together.
 */
import { ip4Text, ip6Text } from './address.ts';
import { uint8, uint16 } from './big-endian.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Datagram, Endpoint } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape } from './dtls-shape.ts';
import { endpointName, type Inside, pairName } from './inner-datagram.ts';

const RELAY_PORT = 1080;
const MOST_PAIRS = 4096;

interface Header {
  readonly length: number;
  /** Null for a domain name: the relay answers with the address, so the name does not pair up. */
  readonly peer: Endpoint | null;
}

interface Pair {
  readonly relay: string;
  named: boolean;
}

export class SocksRelays {
  readonly #pairs = new BoundedMap<string, Pair>(MOST_PAIRS);

  inside({ payload, missing, source, destination }: Datagram): Inside | null {
    const header = decodeHeader(payload);
    if (!header || header.length >= payload.length) return null;
    if (firstByteKind(uint8(payload, header.length)) !== 'dtls') return null;
    const key = pairName(source, destination);
    let pair = this.#pairs.get(key);
    if (!pair) {
      if (!dtlsShape(payload, header.length, payload.length, missing)) return null;
      // The client speaks first, unless the port says otherwise.
      pair = { relay: endpointName(source.port === RELAY_PORT ? source : destination), named: false };
      this.#pairs.set(key, pair);
    }
    if (!header.peer) pair.named = true;
    const inside = { from: header.length, to: payload.length + missing, carrier: 'SOCKS5' };
    if (pair.named || !header.peer) return inside;
    const toRelay = endpointName(destination) === pair.relay;
    return toRelay ? { ...inside, destination: header.peer } : { ...inside, source: header.peer };
  }
}

/** RSV(2) FRAG(1) ATYP(1) DST.ADDR DST.PORT(2). Fragments (FRAG not 0) are left alone: hardly any relay has them. */
function decodeHeader(bytes: Uint8Array): Header | null {
  if (bytes.length < 10 || uint16(bytes, 0) !== 0 || uint8(bytes, 2) !== 0) return null;
  switch (uint8(bytes, 3)) {
    case 1:
      return { length: 10, peer: { address: ip4Text(bytes, 4), port: uint16(bytes, 8) } };
    case 3:
      return { length: 7 + uint8(bytes, 4), peer: null };
    case 4:
      return bytes.length < 22 ? null : { length: 22, peer: { address: ip6Text(bytes, 4), port: uint16(bytes, 20) } };
    default:
      return null;
  }
}

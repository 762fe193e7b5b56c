/**
 * TURN between a client and its server (RFC 8656): Send and Data indications and ChannelData. What is inside goes
 * between the client and the peer, as the client sees it; the relayed address is at home on the server's other side.
 */

import { uint16 } from './big-endian.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Datagram, Endpoint } from './datagram.ts';
import { firstByteKind } from './demultiplex.ts';
import { dtlsShape } from './dtls-shape.ts';
import { endpointName, type Inside } from './inner-datagram.ts';
import { isStun, STUN_ATTRIBUTE, STUN_TYPE, type StunAttribute, stunAttributes, xorAddress } from './stun.ts';

export type Transport = 'udp' | 'tcp';

const MOST_CHANNELS = 16_384;
const CHANNEL_HEADER_LENGTH = 4;

/** `peer` is null where ChannelData came before any ChannelBind; it stays so, not to tear a conversation in two. */
interface Channel {
  readonly peer: Endpoint | null;
}

export class TurnChannels {
  /** By transport, sender and receiver of the ChannelBind request, and channel number. */
  readonly #channels = new BoundedMap<string, Channel>(MOST_CHANNELS);

  /** What a STUN message carries: a relayed datagram, or a DTLS flight in a connectivity check. */
  insideStun(datagram: Datagram, transport: Transport): Inside | null {
    const { payload, source, destination } = datagram;
    const type = uint16(payload, 0);
    if (type === STUN_TYPE.channelBindRequest) {
      this.#bind(datagram, transport);
      return null;
    }
    const sends = type === STUN_TYPE.sendIndication;
    if (sends || type === STUN_TYPE.dataIndication) {
      const { data, peer } = relayed(payload);
      if (!data) return null;
      const carrier = sends ? 'TURN Send indication' : 'TURN Data indication';
      const { from, to } = data;
      return sends
        ? { from, to, carrier, source, destination: peer ?? destination }
        : { from, to, carrier, source: peer ?? source, destination };
    }
    for (const { type: attribute, from, to } of stunAttributes(payload)) {
      // Empty, it only says that the sender could.
      if (attribute === STUN_ATTRIBUTE.dtls && to > from) return { from, to, carrier: 'STUN attribute' };
    }
    return null;
  }

  /** Null unless the length fits; QUIC and others begin with the same bytes. */
  insideChannelData(datagram: Datagram, transport: Transport): Inside | null {
    const { payload, missing, source, destination } = datagram;
    const from = CHANNEL_HEADER_LENGTH;
    const to = from + uint16(payload, 2);
    const padding = payload.length + missing - to;
    // Over UDP the padding is optional (RFC 8656 §12.5).
    if (padding < 0 || padding > 3 || to <= from) return null;
    const number = uint16(payload, 0);
    const base = { from, to, carrier: 'TURN ChannelData' };
    const fromClient = this.#channels.get(channelKey(transport, source, destination, number));
    if (fromClient?.peer) return { ...base, destination: fromClient.peer };
    const toClient = this.#channels.get(channelKey(transport, destination, source, number));
    if (toClient?.peer) return { ...base, source: toClient.peer };
    if (!fromClient) {
      if (!isLikely(payload, from, Math.min(to, payload.length), to)) return null;
      for (const [a, b] of [[source, destination] as const, [destination, source] as const])
        this.#channels.set(channelKey(transport, a, b, number), { peer: null });
    }
    return { ...base, tag: `channel 0x${number.toString(16)}` };
  }

  #bind({ payload, source, destination }: Datagram, transport: Transport): void {
    let number: number | null = null;
    let peer: Endpoint | null = null;
    for (const attribute of stunAttributes(payload)) {
      if (attribute.type === STUN_ATTRIBUTE.channelNumber) number = uint16(payload, attribute.from);
      if (attribute.type === STUN_ATTRIBUTE.xorPeerAddress) peer = xorAddress(payload, attribute);
    }
    if (number === null || !peer) return;
    const key = channelKey(transport, source, destination, number);
    const known = this.#channels.get(key);
    if (!known || known.peer) this.#channels.set(key, { peer });
  }
}

function relayed(message: Uint8Array): { data: StunAttribute | null; peer: Endpoint | null } {
  let data: StunAttribute | null = null;
  let peer: Endpoint | null = null;
  for (const attribute of stunAttributes(message)) {
    if (attribute.type === STUN_ATTRIBUTE.data) data ??= attribute;
    if (attribute.type === STUN_ATTRIBUTE.xorPeerAddress) peer ??= xorAddress(message, attribute);
  }
  return { data, peer };
}

function channelKey(transport: Transport, client: Endpoint, server: Endpoint, number: number): string {
  return `${transport} ${endpointName(client)} ${endpointName(server)} ${number}`;
}

/** Evidence for a channel that nobody bound within the capture. */
function isLikely(payload: Uint8Array, from: number, to: number, wireTo: number): boolean {
  if (isStun(payload, from, to)) return true;
  return firstByteKind(payload[from] ?? 0) === 'dtls' && dtlsShape(payload, from, to, wireTo - to) !== null;
}

/** What a capture without DTLS holds instead, and what is wrong with the file itself, in sentences. */
import type { UdpKind } from '../analysis/other-traffic.ts';
import type { CaptureSummary, TraceSummary } from '../analysis/trace.ts';
import { counted, grouped } from './association-row.ts';

const LOOKS: Readonly<Record<UdpKind, string>> = {
  dtls: 'begin with a byte that DTLS uses, but no record follows',
  stun: 'look like STUN (first byte 0 to 3)',
  rtp: 'look like RTP (first byte 128 to 191)',
  rtcp: 'look like RTCP (first byte 128 to 191)',
  'turn-channel': 'look like TURN ChannelData (first byte 64 to 79)',
  zrtp: 'look like ZRTP (first byte 16 to 19)',
  other: 'look like QUIC, DNS or another protocol (first byte outside 20 to 63)',
};

/** "No DTLS here: 18 204 packets, 912 UDP datagrams. The most frequent (876) look like …". */
export function noDtlsText({ captures, other }: Pick<TraceSummary, 'captures' | 'other'>): string {
  const sum = (of: 'packets' | 'udpDatagrams') => captures.reduce((total, capture) => total + capture[of], 0);
  const [packets, datagrams] = [sum('packets'), sum('udpDatagrams')];
  if (packets === 0) return captures.length > 1 ? 'The files hold no packets.' : 'The file holds no packets.';
  if (datagrams === 0) return `${counted(packets, 'packet')}, and none of them is a UDP datagram.`;
  const none = `${counted(packets, 'packet')}, ${counted(datagrams, 'UDP datagram')}, and none of them is a DTLS record.`;
  const [most] = other.udp;
  if (!most) return none;
  const which = other.udp.length === 1 ? 'They' : `The most frequent (${grouped(most.datagrams)})`;
  return `${none} ${which} ${LOOKS[most.kind]}.`;
}

/** Null where every packet is whole. */
export function cutPacketsText({
  captures,
  other: { cutPackets },
}: Pick<TraceSummary, 'captures' | 'other'>): string | null {
  if (cutPackets === 0) return null;
  const packets = captures.reduce((total, capture) => total + capture.packets, 0);
  return `${grouped(cutPackets)} of ${counted(packets, 'packet')} ${cutPackets === 1 ? 'was' : 'were'} cut by the capture (snaplen): records that are not whole cannot be decrypted. Capture again with the whole packets, as with tcpdump -s 0.`;
}

/** A problem of a file; where the file ends too early, with the place and what that means. */
export function problemText({ message, offset }: CaptureSummary['problems'][number]): string {
  if (!message.startsWith('The file ends')) return message;
  return `${message.replace(/\.$/, '')} (offset ${grouped(offset)}). Everything before it is shown.`;
}

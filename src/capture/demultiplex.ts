/** What a datagram is by its first byte, where several protocols share one port (RFC 7983 §7, RFC 9443 §3). */

export type FirstByteKind = 'stun' | 'zrtp' | 'dtls' | 'turn-channel' | 'rtp' | 'quic-or-other';

/** The ranges say what a datagram may be, not what it is: CAPWAP, VXLAN and others use the same values. */
export function firstByteKind(byte: number): FirstByteKind {
  if (byte <= 3) return 'stun';
  if (byte >= 16 && byte <= 19) return 'zrtp';
  if (byte >= 20 && byte <= 63) return 'dtls';
  if (byte >= 64 && byte <= 79) return 'turn-channel';
  if (byte >= 128 && byte <= 191) return 'rtp';
  return 'quic-or-other';
}

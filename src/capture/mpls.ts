/** MPLS label stacks (RFC 3032). Nothing says what follows the last label: the bytes have to. */
import { uint8, uint32 } from './big-endian.ts';
import { ETHERNET, type Frame, IP4, IP6, type LayerKind, NOTHING } from './frame.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';

const DEEPEST_STACK = 16;

export function mpls(frame: Frame): LayerKind {
  for (let depth = 0; depth < DEEPEST_STACK; depth++) {
    const label = uint32(frame.bytes, frame.from);
    if (!frame.skip(4)) return NOTHING;
    if (label & 0x100) return afterLabels(frame);
  }
  return NOTHING;
}

/**
 * IP has its version in the first nibble; a pseudowire begins with a control word, whose first nibble is 0
 * (RFC 4385 §3), or at once with the Ethernet frame (RFC 4448 §4.4.1).
 */
function afterLabels(frame: Frame): LayerKind {
  const version = looksLikeIp(frame, frame.from);
  if (version) return version === 4 ? IP4 : IP6;
  if (uint8(frame.bytes, frame.from) >> 4 === 0 && looksLikeEthernet(frame, frame.from + 4)) {
    frame.from += 4;
    return ETHERNET;
  }
  return looksLikeEthernet(frame, frame.from) ? ETHERNET : NOTHING;
}

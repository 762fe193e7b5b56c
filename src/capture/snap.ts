/** VLAN tags and LLC: the small headers between a link layer and what it carries. */
import { uint8, uint16 } from './big-endian.ts';
import { ETHERNET, type Frame, IP4, type LayerKind, NOTHING } from './frame.ts';

/** More tags than any network stacks. */
const DEEPEST_TAGS = 16;

/**
 * Removes VLAN tags (802.1Q, 802.1ad and the older numbers for stacked tags) and LLC.
 * A type up to 1500 is a length, and LLC follows.
 */
export function untag(frame: Frame, etherType: number): LayerKind {
  let type = etherType;
  for (let depth = 0; depth < DEEPEST_TAGS; depth++) {
    const at = frame.from;
    if (isVlanTag(type)) {
      if (!frame.skip(4)) return NOTHING;
      type = uint16(frame.bytes, at + 2);
    } else if (type <= 1500) {
      type = llc(frame);
      if (type <= 1500) return NOTHING;
    } else {
      return type === 0x6558 ? ETHERNET : type;
    }
  }
  return NOTHING;
}

/** LLC, in which SNAP (AA AA 03) names an EtherType (RFC 1042), and what follows it. */
export function snap(frame: Frame): LayerKind {
  return untag(frame, 0);
}

function llc(frame: Frame): number {
  const at = frame.from;
  const access = uint16(frame.bytes, at);
  if (uint8(frame.bytes, at + 2) !== 3) return NOTHING;
  // IP over the access point 06, from before SNAP.
  if (access === 0x0606) return frame.skip(3) ? IP4 : NOTHING;
  return access === 0xaaaa && frame.skip(8) ? uint16(frame.bytes, at + 6) : NOTHING;
}

function isVlanTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x9200 || type === 0x9300;
}

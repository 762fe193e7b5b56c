/**
 * Link types for private use (LINKTYPE_USER0 to USER15): what a packet begins with has to be guessed from its bytes.
 * An embedded device that logs its DTLS often writes bare datagrams this way.
 */
import { uint8, uint16 } from './big-endian.ts';
import { firstByteKind } from './demultiplex.ts';
import { ETHERNET, type Frame, IP4, IP6, type LayerKind, LINK, NOTHING, NOWHERE, PAYLOAD } from './frame.ts';
import { looksLikeEthernet, looksLikeIp } from './plausible.ts';

export const FIRST_USER_LINK = 147;
export const LAST_USER_LINK = 162;

/** Apple used USER2 for PKTAP before it had a number of its own. */
const PKTAP = LINK + 258;

export function guessUserLink(frame: Frame): LayerKind {
  const version = looksLikeIp(frame, frame.from);
  if (version) return version === 4 ? IP4 : IP6;
  if (looksLikeEthernet(frame, frame.from)) return ETHERNET;
  if (uint16(frame.bytes, frame.from) === 0x6c00 && uint16(frame.bytes, frame.from + 2) === 0) return PKTAP;
  if (frame.from === frame.to || firstByteKind(uint8(frame.bytes, frame.from)) !== 'dtls') return NOTHING;
  frame.source = NOWHERE;
  frame.destination = NOWHERE;
  return PAYLOAD;
}

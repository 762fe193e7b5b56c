/** What is told of a capture as a whole. */
import type { CaptureFacts, Datagram } from '../capture/datagram.ts';
import type { CaptureSummary } from './trace.ts';

export function captureSummary(
  facts: CaptureFacts,
  dtlsDatagrams: number,
  dtlsRecords: number,
  leftOut: readonly string[],
  datagrams: Iterable<Datagram>,
): CaptureSummary {
  const comments = commentsIn(datagrams);
  const { firstTimeNs, lastTimeNs, timeDigits, surroundings: _, ...rest } = facts;
  return {
    ...rest,
    problems: [...facts.problems, ...leftOut.map((message) => ({ packet: null, offset: 0, message }))],
    firstTime: isoTime(firstTimeNs, timeDigits),
    lastTime: isoTime(lastTimeNs, timeDigits),
    dtlsDatagrams,
    dtlsRecords,
    ...(comments.length > 0 ? { comments } : {}),
  };
}

/** ISO 8601 in UTC with the digits that the file has. */
export function isoTime(timeNs: bigint | null, digits: number): string | null {
  if (timeNs === null) return null;
  const second = 1_000_000_000n;
  const fraction = ((timeNs % second) + second) % second;
  const whole = new Date(Number((timeNs - fraction) / 1_000_000n));
  if (Number.isNaN(whole.getTime())) return null;
  const seconds = whole.toISOString().slice(0, 19);
  return digits > 0 ? `${seconds}.${fraction.toString().padStart(9, '0').slice(0, digits)}Z` : `${seconds}Z`;
}

const MOST_COMMENTS = 500;
const LONGEST_COMMENT = 2000;

function commentsIn(datagrams: Iterable<Datagram>): NonNullable<CaptureSummary['comments']> {
  const found: { packet: number; text: string }[] = [];
  for (const { packet, comments } of datagrams) {
    // A packet may carry several datagrams.
    if (comments.length === 0 || found.at(-1)?.packet === packet) continue;
    for (const text of comments) found.push({ packet, text: text.slice(0, LONGEST_COMMENT) });
    if (found.length >= MOST_COMMENTS) break;
  }
  return found.slice(0, MOST_COMMENTS);
}

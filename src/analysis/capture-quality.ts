/** How far a capture can be trusted, and what it holds that was left out for its sheer amount. */
import type { CaptureSurroundings } from '../capture/surroundings.ts';

export interface CaptureQuality {
  /** Packets that the snaplen cut. */
  readonly cutPackets: number;
  /** Packets that are older than the one before, by more than a millisecond. */
  readonly clockSteps: { readonly count: number; readonly largestMs: number; readonly firstPacket: number | null };
  /** Datagrams of which fragments are missing, of all conversations. */
  readonly incomplete: number;
  /** Of those, the ones of which the first fragment alone is there: what a capture filter on a port makes. */
  readonly firstFragmentAlone: number;
}

export function captureQuality(around: CaptureSurroundings): CaptureQuality {
  const { count, largestNs, firstPacket } = around.clockSteps;
  return {
    cutPackets: around.cutPackets,
    clockSteps: { count, largestMs: Number(largestNs) / 1e6, firstPacket },
    incomplete: around.incompleteCount,
    firstFragmentAlone: around.incomplete.filter(({ hasFirst, packets }) => hasFirst && packets.length === 1).length,
  };
}

/** What is not complete, in sentences; mostly none. */
export function notesOf({ forgotten, incomplete, incompleteCount }: CaptureSurroundings): string[] {
  const notes: string[] = [];
  if (forgotten.udp > 0)
    notes.push(`There are so many UDP conversations that ${forgotten.udp} of them were left out of the diagnosis.`);
  if (forgotten.tcp > 0)
    notes.push(`There are so many TCP connections that ${forgotten.tcp} of them were left out of the diagnosis.`);
  const more = incompleteCount - incomplete.length;
  if (more > 0) notes.push(`${more} more incomplete datagrams were left out of the diagnosis.`);
  return notes;
}

/** Pairs of captures of the collection that show one run from two points, and what merging their datagrams gives. */
import { type Merged, mergePoints, type OpenCapture } from '../src/analysis/points/merge.ts';
import type { Datagram, Transit } from '../src/capture/datagram.ts';
import { firstByteKind } from '../src/capture/demultiplex.ts';
import { isFailure, readCapture } from '../src/capture/open.ts';
import { KNOWN, type KnownCapture, sourceOf } from './captures.ts';

export interface KnownPair {
  readonly name: string;
  readonly first: KnownCapture;
  readonly second: KnownCapture;
}

/** The two ends of a run, as the names of its files have them. */
export function pairsNamed(first: string, second: string): KnownPair[] {
  return KNOWN.flatMap((capture) => {
    const { file } = capture;
    const other = KNOWN.find((c) => file.includes(first) && c.file === file.replace(first, second));
    return other ? [{ name: file.slice(0, file.indexOf(first)), first: capture, second: other }] : [];
  });
}

export async function mergedFiles(...files: readonly string[]): Promise<Merged> {
  const captures: OpenCapture[] = [];
  for (const file of files) captures.push(await openCapture(file, captures.length));
  return mergePoints(captures, new Set());
}

export async function openCapture(file: string, capture: number): Promise<OpenCapture> {
  const datagrams: Datagram[] = [];
  const facts = await readCapture(sourceOf(file), capture, {
    datagram: (d) => {
      if (firstByteKind(d.payload[0] ?? 0) === 'dtls') datagrams.push(d);
    },
    keyLog: () => {},
  });
  if (isFailure(facts)) throw new Error(facts.message);
  return { facts, datagrams };
}

/** What became of a datagram that its sender's point has. */
export type Told = Datagram & { readonly transit: Transit };

/** What a capture's end sent, in order, each datagram as often as it was sent: parts of one that was split are one. */
export function sentFrom({ datagrams }: Merged, capture: number): readonly Told[] {
  return told(datagrams).filter(
    (d) => d.capture === capture && d.transit.sentNs !== null && d.transit.recordsBefore === 0,
  );
}

/** In order of time. */
export function told(datagrams: readonly Datagram[]): Told[] {
  return datagrams
    .flatMap(({ transit, ...d }): Told[] => (transit ? [{ ...d, transit }] : []))
    .sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : a.packet - b.packet));
}

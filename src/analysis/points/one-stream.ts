/** The captures that are open as one stream of datagrams. One capture alone is left as it is, however large. */
import type { CaptureFacts, CaptureSource } from '../../capture/datagram.ts';
import { type DatagramList, ListedDatagrams } from '../../capture/datagram-list.ts';
import { type Merged, mergePoints, type OpenCapture, showsSameTraffic } from './merge.ts';

export interface LoadedCapture {
  readonly facts: CaptureFacts;
  readonly datagrams: DatagramList;
  /** Where it was read from, to read it once more; absent where that cannot be. */
  readonly source?: CaptureSource;
}

export interface OneStream extends Omit<Merged, 'datagrams'> {
  readonly datagrams: DatagramList;
}

export function oneStream(captures: readonly LoadedCapture[], ports: ReadonlySet<number>): OneStream {
  const [first] = captures;
  if (first && captures.length === 1) return { ...mergePoints([], ports), datagrams: first.datagrams };
  const merged = mergePoints(captures.map(asObjects), ports);
  return { ...merged, datagrams: new ListedDatagrams(merged.datagrams) };
}

/** Whether a capture of `more` shows traffic of `open` from another point. A file that is opened again does not. */
export function belongTogether(
  open: readonly LoadedCapture[],
  more: readonly LoadedCapture[],
  ports: ReadonlySet<number>,
): boolean {
  return open.length > 0 && showsSameTraffic([...open, ...more].map(asObjects), open.length, ports);
}

/** Comparing datagrams takes them as they are. */
const asObjects = ({ facts, datagrams }: LoadedCapture): OpenCapture => ({ facts, datagrams: [...datagrams] });

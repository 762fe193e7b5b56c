/** Frames that are about to be looked at, read all at once: those of many associations lie among each other in the file. */
import type { CaptureSource } from './datagram.ts';

export interface FramePlace {
  /** In the file. */
  readonly offset: number;
  readonly length: number;
}

const BLOCK_BYTES = 1 << 16;
/** What lies between two frames is read with them, unless to ask once more takes less time. */
const MOST_BETWEEN = 1 << 13;
/** Who asks counts payloads, and a frame may hold much behind its own: what is beyond this is read when it is asked for. */
const MOST_BYTES = 16 << 20;

export class GatheredFrames {
  readonly #source: Pick<CaptureSource, 'readAt'>;
  /** One frame after the other. */
  #bytes = new Uint8Array();
  /** Where a frame begins in `#bytes`, by where it begins in the file. */
  readonly #places = new Map<number, number>();
  readonly #block = new Uint8Array(BLOCK_BYTES);

  constructor(source: Pick<CaptureSource, 'readAt'>) {
    this.#source = source;
  }

  /** In place of those before. What the file does not have any more is left out, and what is more than 16 MB. */
  gather(frames: readonly FramePlace[]): void {
    this.#places.clear();
    let total = 0;
    const kept = frames.filter(({ length }) => {
      if (total + length > MOST_BYTES) return false;
      total += length;
      return true;
    });
    if (total > this.#bytes.length) this.#bytes = new Uint8Array(total);
    let free = 0;
    for (const run of runsOf(kept.toSorted((a, b) => a.offset - b.offset))) {
      const bytes = this.#source.readAt?.(run.from, run.to - run.from, this.#block) ?? this.#block.subarray(0, 0);
      for (const { offset, length } of run.frames) {
        const at = offset - run.from;
        if (at + length > bytes.length) continue;
        this.#bytes.set(bytes.subarray(at, at + length), free);
        this.#places.set(offset, free);
        free += length;
      }
    }
  }

  /** Of the frame that begins there; undefined where it is not among them. The view holds until others are gathered. */
  find(offset: number, from: number, length: number): Uint8Array | undefined {
    const place = this.#places.get(offset);
    return place === undefined ? undefined : this.#bytes.subarray(place + from, place + from + length);
  }
}

interface Run {
  readonly from: number;
  to: number;
  readonly frames: FramePlace[];
}

/** What is read at once. A frame longer than a block is in none. */
function runsOf(inOrder: readonly FramePlace[]): readonly Run[] {
  const runs: Run[] = [];
  for (const frame of inOrder) {
    const { offset } = frame;
    const end = offset + frame.length;
    const run = runs.at(-1);
    if (run && end - run.from <= BLOCK_BYTES && offset - run.to <= MOST_BETWEEN) {
      run.frames.push(frame);
      run.to = Math.max(run.to, end);
    } else if (frame.length <= BLOCK_BYTES) runs.push({ from: offset, to: end, frames: [frame] });
  }
  return runs;
}

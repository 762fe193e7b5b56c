/** Room for the logs of all associations of a trace: many small entries in few large pieces. */
import { RecentTexts } from './recent-texts.ts';

const SLAB_BYTES = 1 << 20;
/** Most captures need no more. */
const FIRST_SLAB_BYTES = 1 << 15;

/** Where an entry lies. */
export interface Slot {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly at: number;
}

interface Slab {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export class LogStore {
  readonly recent = new RecentTexts();
  /** Of all entries. */
  bytes = 0;
  /** Records that were not read to their end, because their associations have so many like them. */
  unread = 0;
  readonly #slabs: Slab[] = [];
  #free = 0;

  /** Room for one entry: the place to ask for it by. */
  reserve(length: number): number {
    let slab = this.#slabs.at(-1);
    if (!slab || this.#free + length > slab.bytes.length) {
      const bytes = new Uint8Array(Math.max(length, slab ? SLAB_BYTES : FIRST_SLAB_BYTES));
      slab = { bytes, view: new DataView(bytes.buffer) };
      this.#slabs.push(slab);
      this.#free = 0;
    }
    const place = (this.#slabs.length - 1) * SLAB_BYTES + this.#free;
    this.#free += length;
    this.bytes += length;
    return place;
  }

  at(place: number): Slot {
    const slab = this.#slabs[Math.floor(place / SLAB_BYTES)];
    if (!slab) throw new RangeError('nothing was kept in this place');
    return { ...slab, at: place % SLAB_BYTES };
  }
}

/** The bytes of frames: kept while there are few, read from the file again where there are many and it can be. */
import { BytesGone, type CaptureSource } from './datagram.ts';

const SLAB_BYTES = 1 << 20;
/** A capture with less than this is kept whole, which saves asking for the file. */
const KEPT_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 1 << 16;
/** Blocks of the file at hand: records of one association lie here and there, neighbours lie together. */
const MOST_BLOCKS = 64;

export type StoredSource = Pick<CaptureSource, 'name' | 'readAt'>;

export class FrameStore {
  readonly #source: StoredSource;
  readonly #keptBytes: number;
  /** Null once the file is read instead. */
  #slabs: Uint8Array[] | null = [];
  #free = 0;
  readonly #blocks = new Map<number, Uint8Array>();
  #last: { readonly number: number; readonly bytes: Uint8Array } = { number: -1, bytes: new Uint8Array() };

  /** `keptBytes` bounds what is kept of a source that can be read again. */
  constructor(source: StoredSource, keptBytes = KEPT_BYTES) {
    this.#source = source;
    this.#keptBytes = keptBytes;
    if (source.readAt && keptBytes <= 0) this.#slabs = null;
  }

  get isKeeping(): boolean {
    return this.#slabs !== null;
  }

  /** Keeps a frame of at most 64 KB. The place to ask for it by; 0 where the file is read instead. */
  keep(bytes: Uint8Array, from: number, to: number): number {
    const slabs = this.#slabs;
    if (!slabs) return 0;
    const length = to - from;
    if (slabs.length === 0 || this.#free + length > SLAB_BYTES) {
      if (this.#source.readAt && slabs.length * SLAB_BYTES >= this.#keptBytes) {
        this.#slabs = null;
        return 0;
      }
      slabs.push(new Uint8Array(SLAB_BYTES));
      this.#free = 0;
    }
    const slab = slabs.at(-1);
    slab?.set(bytes.subarray(from, to), this.#free);
    const place = (slabs.length - 1) * SLAB_BYTES + this.#free;
    this.#free += length;
    return place;
  }

  /** A view that holds until the next call. */
  view(place: number, offset: number, from: number, length: number): Uint8Array {
    if (this.#slabs) {
      const at = (place % SLAB_BYTES) + from;
      return this.#slabs[Math.floor(place / SLAB_BYTES)]?.subarray(at, at + length) ?? new Uint8Array(length);
    }
    const begin = offset + from;
    const number = Math.floor(begin / BLOCK_BYTES);
    const at = begin - number * BLOCK_BYTES;
    const block = at + length <= BLOCK_BYTES ? this.#block(number) : null;
    if (block && block.length >= at + length) return block.subarray(at, at + length);
    return this.#read(begin, length);
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = this.#source.readAt?.(offset, length) ?? new Uint8Array();
    if (bytes.length < length) throw new BytesGone(this.#source.name, 'it has become shorter; open it again');
    return bytes;
  }

  #block(number: number): Uint8Array {
    if (this.#last.number === number) return this.#last.bytes;
    const known = this.#blocks.get(number);
    if (known) this.#blocks.delete(number);
    const bytes = known ?? this.#load(number);
    this.#blocks.set(number, bytes);
    this.#last = { number, bytes };
    return bytes;
  }

  /** In the place of the block that was not looked at for the longest time, once there are enough. */
  #load(number: number): Uint8Array {
    let into: Uint8Array | undefined;
    for (const [oldest, bytes] of this.#blocks) {
      if (this.#blocks.size < MOST_BLOCKS) break;
      this.#blocks.delete(oldest);
      if (bytes.buffer.byteLength === BLOCK_BYTES) into = new Uint8Array(bytes.buffer);
    }
    into ??= new Uint8Array(BLOCK_BYTES);
    return this.#source.readAt?.(number * BLOCK_BYTES, BLOCK_BYTES, into) ?? new Uint8Array();
  }
}

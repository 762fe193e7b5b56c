/** The bytes of frames: kept while there are few, read from the file again where there are many and it can be. */
import { BytesGone, type CaptureSource } from './datagram.ts';
import { type FramePlace, GatheredFrames } from './gathered-frames.ts';

const SLAB_BYTES = 1 << 20;
/** A capture of less than this is kept whole, which saves asking for the file. */
export const KEPT_BYTES = 32 * 1024 * 1024;
const BLOCK_BYTES = 1 << 16;
/** Neighbours lie together in a block of the file. */
const MOST_BLOCKS = 64;
/** The records of one association lie here and there: who goes from one to the next reads no more than a frame of them. */
const LONE_BYTES = 1 << 11;
const MOST_LONE = 256;

export type StoredSource = Pick<CaptureSource, 'name' | 'readAt'> & Partial<Pick<CaptureSource, 'size'>>;

export class FrameStore {
  readonly #source: StoredSource;
  readonly #keptBytes: number;
  /** Null once the file is read instead. */
  #slabs: Uint8Array[] | null = [];
  #free = 0;
  readonly #blocks: Loaded;
  /** Frames that do not follow the one before, by where they begin. */
  readonly #lone: Loaded;
  readonly #gathered: GatheredFrames;
  /** Where the frame begins that had to be read last. */
  #missed = Number.NEGATIVE_INFINITY;

  /** `keptBytes` bounds what is kept of a source that can be read again. */
  constructor(source: StoredSource, keptBytes = KEPT_BYTES) {
    this.#source = source;
    this.#keptBytes = keptBytes;
    this.#blocks = new Loaded(source, BLOCK_BYTES, MOST_BLOCKS);
    this.#lone = new Loaded(source, LONE_BYTES, MOST_LONE);
    this.#gathered = new GatheredFrames(source);
    if (source.readAt && (keptBytes <= 0 || (source.size ?? 0) > keptBytes)) this.#slabs = null;
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

  /** Reads frames that are about to be looked at, where they are not kept. */
  gather(frames: readonly FramePlace[]): void {
    if (!this.#slabs) this.#gathered.gather(frames);
  }

  /** A view that holds until the next call. */
  view(place: number, offset: number, from: number, length: number): Uint8Array {
    if (this.#slabs) {
      const at = (place % SLAB_BYTES) + from;
      return this.#slabs[Math.floor(place / SLAB_BYTES)]?.subarray(at, at + length) ?? new Uint8Array(length);
    }
    const gathered = this.#gathered.find(offset, from, length);
    if (gathered) return gathered;
    const begin = offset + from;
    const blockAt = Math.floor(begin / BLOCK_BYTES) * BLOCK_BYTES;
    const known = this.#blocks.find(blockAt, begin, length) ?? this.#lone.find(offset, begin, length);
    if (known) return known;
    const distance = offset - this.#missed;
    this.#missed = offset;
    const follows = distance >= 0 && distance < BLOCK_BYTES;
    const loaded = follows
      ? begin + length <= blockAt + BLOCK_BYTES && this.#blocks.load(blockAt, begin, length)
      : from + length <= LONE_BYTES && this.#lone.load(offset, begin, length);
    return loaded || this.#read(begin, length);
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = this.#source.readAt?.(offset, length) ?? new Uint8Array();
    if (bytes.length < length) throw new BytesGone(this.#source.name, 'it has become shorter; open it again');
    return bytes;
  }
}

/** Pieces of the file, all of one size: those that were looked at last. */
class Loaded {
  readonly #source: StoredSource;
  readonly #bytes: number;
  readonly #most: number;
  /** By where they begin; what was looked at last comes last. */
  readonly #pieces = new Map<number, Uint8Array>();
  #lastAt = -1;
  #last: Uint8Array = new Uint8Array();

  constructor(source: StoredSource, bytes: number, most: number) {
    this.#source = source;
    this.#bytes = bytes;
    this.#most = most;
  }

  /** Of the piece that begins at `at`; undefined where it is not at hand, or does not have all of it. */
  find(at: number, begin: number, length: number): Uint8Array | undefined {
    if (at !== this.#lastAt) {
      const piece = this.#pieces.get(at);
      if (!piece) return undefined;
      this.#pieces.delete(at);
      this.#use(at, piece);
    }
    return part(this.#last, begin - at, length);
  }

  load(at: number, begin: number, length: number): Uint8Array | undefined {
    const into = this.#room();
    this.#use(at, this.#source.readAt?.(at, this.#bytes, into) ?? new Uint8Array());
    return part(this.#last, begin - at, length);
  }

  #use(at: number, piece: Uint8Array): void {
    this.#pieces.set(at, piece);
    this.#lastAt = at;
    this.#last = piece;
  }

  /** That of the piece which was not looked at for the longest time, once there are enough. */
  #room(): Uint8Array {
    for (const [oldest, { buffer }] of this.#pieces) {
      if (this.#pieces.size < this.#most) break;
      this.#pieces.delete(oldest);
      if (buffer.byteLength === this.#bytes) return new Uint8Array(buffer);
    }
    return new Uint8Array(this.#bytes);
  }
}

const part = (piece: Uint8Array, from: number, length: number): Uint8Array | undefined =>
  from + length <= piece.length ? piece.subarray(from, from + length) : undefined;

/**
 * The bytes of a capture that cannot be read again where it came from, such as standard input or a packed file: once they
 * are too many to keep, they are put aside, to be read from there.
 */
import { BytesGone } from './datagram.ts';

/** Room outside of memory, for as long as the program runs. */
export interface Scratch {
  write(at: number, bytes: Uint8Array): void;
  /** Fewer bytes where fewer were written. They may lie in `into`, which is large enough. */
  read(at: number, length: number, into?: Uint8Array): Uint8Array;
}

export class Spool {
  readonly #name: string;
  readonly #make: () => Scratch;
  readonly #keptBytes: number;
  #scratch: Scratch | null = null;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #written = 0;

  /** @param name of the file. @param keptBytes up to so many, no scratch is made. */
  constructor(name: string, make: () => Scratch, keptBytes: number) {
    this.#name = name;
    this.#make = make;
    this.#keptBytes = keptBytes;
  }

  /** What comes next in the capture; it may be overwritten afterwards. Throws `BytesGone` where there is no room. */
  add(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#scratch) this.#write(chunk, this.#scratch);
    else {
      this.#waiting.push(chunk.slice());
      if (this.#bytes > this.#keptBytes) this.#putAside();
    }
  }

  /** Call once, after the last chunk: where everything was kept elsewhere, nobody will ask. */
  end(): void {
    this.#waiting = [];
  }

  /** As `CaptureSource.readAt`. */
  readAt(offset: number, length: number, into?: Uint8Array): Uint8Array {
    const scratch = this.#scratch ?? this.#putAside();
    try {
      return scratch.read(offset, length, into);
    } catch (error) {
      throw new BytesGone(this.#name, reasonOf(error));
    }
  }

  #putAside(): Scratch {
    const scratch = this.#made();
    this.#scratch = scratch;
    for (const chunk of this.#waiting) this.#write(chunk, scratch);
    this.#waiting = [];
    return scratch;
  }

  #made(): Scratch {
    try {
      return this.#make();
    } catch (error) {
      throw new BytesGone(this.#name, reasonOf(error));
    }
  }

  #write(chunk: Uint8Array, scratch: Scratch): void {
    try {
      scratch.write(this.#written, chunk);
    } catch (error) {
      throw new BytesGone(this.#name, reasonOf(error));
    }
    this.#written += chunk.length;
  }
}

function reasonOf(error: unknown): string {
  const why = error instanceof Error ? error.message : String(error);
  return `it is too large to keep in memory, and could not be put aside (${why}); unpack it to a file and open that`;
}

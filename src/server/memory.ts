/** How much of other people's traces is held in memory at once: slow senders and readers must not fill it. */
export interface Memory {
  /** False where there is no room. */
  take(bytes: number): boolean;
}

export interface SharedMemory {
  /** For one request. `release` gives everything back that it took. */
  share(): Memory & { release(): void };
  readonly held: () => number;
}

export function memoryOf(limit: number): SharedMemory {
  let held = 0;
  return {
    held: () => held,
    share() {
      let mine = 0;
      return {
        take(bytes) {
          if (held + bytes > limit) return false;
          held += bytes;
          mine += bytes;
          return true;
        },
        release() {
          held -= mine;
          mine = 0;
        },
      };
    },
  };
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Clock, emptyPacket } from './packet.ts';
import { pcapngClock } from './pcapng-interface.ts';
import { Timeline } from './timeline.ts';

const CLOCKS: readonly Clock[] = [pcapngClock(6, 0n), pcapngClock(9, 0n), pcapngClock(9, 3600n), pcapngClock(0x8a, 0n)];
const word = fc.integer({ min: 0, max: 0xffffffff });

const packet = (clock: Clock, timeHigh: number, timeLow: number) => ({ ...emptyPacket(), clock, timeHigh, timeLow });

describe('times as numbers', () => {
  test('are the differences of the times themselves, whatever clocks take turns, or none', () => {
    const stamp = fc.tuple(fc.constantFrom(...CLOCKS), fc.integer({ min: 0x5f000, max: 0x5f010 }), word);
    fc.assert(
      fc.property(fc.array(stamp, { minLength: 1, maxLength: 20 }), (stamps) => {
        const timeline = new Timeline();
        for (const [clock, high, low] of stamps) {
          const at = timeline.at(packet(clock, high, low));
          const exact = clock.nanoseconds(high, low) - timeline.originNs;
          const far = exact > BigInt(Number.MAX_SAFE_INTEGER) || exact < -BigInt(Number.MAX_SAFE_INTEGER);
          if (far) expect(at).toBeNaN();
          else expect(timeline.originNs + BigInt(at)).toBe(clock.nanoseconds(high, low));
        }
      }),
    );
  });
});

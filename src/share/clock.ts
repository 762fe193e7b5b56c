/** The units in which times are shared: those of the clock of the capture. */

/** Nanoseconds of a unit, for a clock with this many decimal digits of a second. */
export function unitOf(digits: number): bigint {
  return 10n ** BigInt(9 - Math.min(9, Math.max(0, digits)));
}

/** Spans of time as these findings say them: "0.4 ms", "650 ms", "3.2 s". */
import { duration, milliseconds } from '../../words.ts';

export const span = (ms: number): string => (ms < 1000 ? milliseconds(ms) : duration(ms));

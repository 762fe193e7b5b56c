/** Numbers and lists as sentences say them. */
import type { Side } from './record-table.ts';
import type { Sender } from './trace.ts';

/** 7018.2 → "7 018 ms" with a narrow space, 4.02 → "4.0 ms". */
export function milliseconds(ms: number): string {
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return `${Math.round(ms)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, '\u202f')} ms`;
}

/** For waits: "24.1 ms", "400 ms", "7.0 s", "31 s", "12 min". Below a second, tenths of one would say "0.0 s". */
export function duration(ms: number): string {
  if (ms < 950) return milliseconds(ms);
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 600_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

export const sender = (side: Side): Sender => (side === 0 ? 'client' : 'server');
export const otherSender = (who: Sender): Sender => (who === 'client' ? 'server' : 'client');
export const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

const NUMBERS: Readonly<Record<number, string>> = {
  ...{ 3: 'three', 4: 'four', 5: 'five', 6: 'six', 7: 'seven' },
  ...{ 8: 'eight', 9: 'nine', 10: 'ten', 11: 'eleven', 12: 'twelve' },
};
/** once, twice, 3 times. */
export const times = (n: number): string => (n === 1 ? 'once' : n === 2 ? 'twice' : `${n} times`);
/** "flight 5 three times": after a number, another one in digits would be misread. */
export const timesInWords = (n: number): string => (NUMBERS[n] ? `${NUMBERS[n]} times` : times(n));
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** "a", "a and b", "a, b and c"; a long list is cut: "a, b, c and 7 more". */
export function list(items: readonly (string | number)[], most = 6): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  if (shown.length < 2) return String(shown[0] ?? '');
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** When a flight was sent again, in seconds after the first time: "1, 3 and 7 s". */
export function repeatTimes(transmissions: readonly { readonly startMs: number }[]): string {
  const first = transmissions[0]?.startMs ?? 0;
  const at = transmissions.slice(1).map(({ startMs }) => Number(((startMs - first) / 1000).toPrecision(3)));
  return `${list(at, 8)} s`;
}

/** "10.0.0.1:5684", "[fe80::1]:5684"; an endpoint without port by its name alone. */
export function endpointText({ address, port }: { readonly address: string; readonly port: number }): string {
  if (port === 0) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** What a link of some length fits into. */

export interface Band {
  /** Characters. */
  readonly upTo: number;
  readonly name: string;
  readonly fits: string;
}

export const BANDS: readonly [Band, Band, Band] = [
  { upTo: 2_000, name: 'mail, QR', fits: 'fits anywhere' },
  { upTo: 8_000, name: 'chat, trackers', fits: 'fits chats and issue trackers; over the 2 000 that fit anywhere' },
  { upTo: 32_000, name: 'browsers', fits: 'fits the address bars of browsers; chats and mail may cut it' },
];

/** Null where it is too long for any of them. */
export function bandOf(characters: number): Band | null {
  return BANDS.find(({ upTo }) => characters <= upTo) ?? null;
}

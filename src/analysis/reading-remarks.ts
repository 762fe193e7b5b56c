/** What was left out while a trace was read because there is so much of it, in sentences. */

export interface LeftOut {
  /** Those that are shown. */
  readonly associations: number;
  /** Datagrams of associations that found no room. */
  readonly datagrams: number;
  /** Records of associations that found no room, shown with the one before. */
  readonly joined: number;
  /** Records of application data that were not opened. */
  readonly unopened: number;
  /** Records of handshakes, alerts and ACKs that were not read to their end. */
  readonly unread: number;
  /** Not all records from unknown addresses were tried with the keys of associations. */
  readonly untried: boolean;
}

export function remarksOn({
  associations: most,
  datagrams,
  joined,
  unopened,
  unread,
  untried,
}: LeftOut): readonly string[] {
  const remarks: string[] = [];
  if (datagrams > 0)
    remarks.push(
      `There are more than ${most} associations: the first ${most} are shown, and ${datagrams} datagrams of others were left out. Cut the capture into parts, for example with \`editcap -c\`.`,
    );
  if (joined > 0)
    remarks.push(
      `There are more than ${most} associations: ${joined} records of later ones are shown with the association before them on the same addresses.`,
    );
  if (unopened > 0)
    remarks.push(
      `There is so much application data that ${unopened} records of it were not opened one by one: they count as decrypted, because a key that opened others of their epoch is at hand, but damage to them is not noticed. To check them all, cut the capture into parts, for example with \`editcap -c\`.`,
    );
  if (unread > 0)
    remarks.push(
      `There are so many messages, alerts or ACKs in one association that ${unread} records were not read: what is said of it goes without them. Cut the capture into parts, for example with \`editcap -c\`.`,
    );
  if (untried)
    remarks.push(
      'So many records come from unknown addresses that not all of them were tried with the keys of earlier associations: associations that moved may be shown as several.',
    );
  return remarks;
}

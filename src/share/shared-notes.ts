/** Notes as they leave: those on what is shared, with addresses replaced where the trace has them replaced. */
import type { Anchor, Note } from './notes.ts';
import type { SharedTrace } from './shared-trace.ts';

type Replaced = readonly { readonly from: string; readonly to: string }[];

export function sharedNotes({ datagrams, notes }: SharedTrace, replaced: Replaced): readonly Note[] {
  const packets = new Set(datagrams.map(({ capture, packet }) => `${capture} ${packet}`));
  const isShared = (anchor: Anchor): boolean =>
    anchor.on === 'trace' || anchor.at === null || packets.has(`${anchor.at.capture} ${anchor.at.packet}`);
  return notes
    .filter(({ anchor }) => isShared(anchor))
    .map((note) => ({
      ...note,
      text: withoutAddresses(note.text, replaced),
      to: note.to && isShared(note.to) ? note.to : null,
    }));
}

/** Only whole ones: 10.0.0.1 is no part of 10.0.0.12. All at once, so that no replacement is taken for an original. */
export function withoutAddresses(text: string, replaced: Replaced): string {
  const others = new Map(replaced.map(({ from, to }) => [from.toLowerCase(), to]));
  return text.replace(/[\da-f.:]*[.:][\da-f.:]+/gi, (word) => {
    const [address = '', rest = ''] = /^(.*?)([.:]*)$/.exec(word)?.slice(1) ?? [];
    const whole = others.get(address.toLowerCase());
    if (whole !== undefined) return whole + rest;
    // 10.0.0.1:4433
    const [, host = '', port = ''] = /^([\d.]+)(:\d+)$/.exec(address) ?? [];
    return (others.get(host) ?? host) + port + (host === '' ? word : rest);
  });
}

/** The text of a note in pieces: plain text, `code` in backticks, and addresses of the web. Nothing else is markup. */

export type NotePiece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'link'; readonly text: string }
  /** A character that cannot be seen, or that would turn the text around it: shown by its number. */
  | { readonly is: 'sign'; readonly text: string };

const PARTS = /`([^`\n]+)`|(https?:\/\/[^\s<>"'`\p{C}]+)/giu;
/** What ends a sentence does not end an address. */
const AFTER_ADDRESS = /[.,;:!?)\]}]+$/;
/** Controls, marks of direction, and characters without width; joiners stay, since words and emojis need them. */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

export type NotePart = Extract<NotePiece, { readonly is: 'text' | 'code' | 'link' }>;

/** As it is shown. */
export function notePieces(note: string): readonly NotePiece[] {
  return noteParts(note).flatMap((part) => (part.is === 'link' ? [part] : withSigns(part.text, part.is)));
}

/** As it is written. Line ends are "\n". */
export function noteParts(note: string): readonly NotePart[] {
  const text = note.replace(/\r\n?/g, '\n');
  const pieces: NotePart[] = [];
  let from = 0;
  const plain = (to: number) => {
    if (to > from) pieces.push({ is: 'text', text: text.slice(from, to) });
    from = to;
  };
  for (const found of text.matchAll(PARTS)) {
    const [whole, code, address] = found;
    plain(found.index);
    if (code !== undefined) {
      pieces.push({ is: 'code', text: code });
      from = found.index + whole.length;
    } else if (address !== undefined) {
      const url = address.replace(AFTER_ADDRESS, '');
      if (!isAddress(url)) continue;
      pieces.push({ is: 'link', text: url });
      from = found.index + url.length;
    }
  }
  plain(text.length);
  return pieces;
}

/** "U+202E" for what nobody would see. */
export function signOf(letter: string): string {
  return `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Text of foreign origin for places that show no pieces, such as names: without line ends, with signs. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(UNSEEN, signOf);
}

function withSigns(text: string, is: 'text' | 'code'): NotePiece[] {
  const pieces: NotePiece[] = [];
  let from = 0;
  for (const { 0: letter, index } of text.matchAll(UNSEEN)) {
    if (letter === '\n' || letter === '\t') continue;
    if (index > from) pieces.push({ is, text: text.slice(from, index) });
    pieces.push({ is: 'sign', text: letter });
    from = index + letter.length;
  }
  if (from < text.length) pieces.push({ is, text: text.slice(from) });
  return pieces;
}

/** Only what the parser of the browser takes for an address of the web, with a host. */
function isAddress(url: string): boolean {
  const [, host = ''] = /^https?:\/\/([^/?#]+)/i.exec(url) ?? [];
  return host !== '' && !host.includes('@') && URL.canParse(url);
}

/** Domain names of DNS (RFC 1035 §4.1.4), whose tails may point back to a name that came before. */
import type { ByteReader } from '../wire/reader.ts';
import { oneLine } from './one-line.ts';

export interface Names {
  /** Where the message begins: pointers count from there. */
  readonly start: number;
  /** Every tail of every name so far, by its offset: a pointer to elsewhere is not followed, so none can loop. */
  readonly known: Map<number, string>;
}

const LONGEST_NAME = 255;

/** With dots between its labels; "." for the root. */
export function decodeName(r: ByteReader, field: string, names: Names): string {
  const from = r.offset;
  const name = r.group(
    field,
    () => {
      const labels: { readonly at: number; readonly text: string }[] = [];
      let tail = '';
      for (;;) {
        const at = r.offset - names.start;
        const length = r.peek() ?? 0;
        if (length >= 0xc0) {
          const target = r.uint16('pointer', (value) => `to offset ${value & 0x3fff}`) & 0x3fff;
          tail = followed(r, target, at, names);
          break;
        }
        if (r.remaining === 0 || length === 0) {
          r.uint8('root');
          break;
        }
        r.uint8('label_length');
        // 0x40 and 0x80 start no label (RFC 6891 §5).
        if (length > 63) r.illegal(field, r.span(from), 'a label has at most 63 bytes');
        const bytes = r.opaque('label', Math.min(length, 63), (value) => oneLine(value));
        labels.push({ at, text: oneLine(bytes, 63) });
      }
      return remember(labels, tail, names);
    },
    (text) => text,
  );
  if (r.offset - from > LONGEST_NAME) r.illegal(field, r.span(from), 'a name has at most 255 bytes (RFC 1035 §2.3.4)');
  return name;
}

/** Names within data that is not decoded are not known; only a pointer that leads forward is wrong (§4.1.4). */
function followed(r: ByteReader, target: number, at: number, names: Names): string {
  if (target >= at) r.illegal('pointer', r.span(r.offset - 2), 'it must point to a name that came before');
  return names.known.get(target) ?? '…';
}

function remember(labels: readonly { at: number; text: string }[], tail: string, names: Names): string {
  let name = tail;
  for (const { at, text } of labels.toReversed()) {
    name = name === '' ? text : `${text}.${name}`;
    names.known.set(at, name);
  }
  return name === '' ? '.' : name;
}

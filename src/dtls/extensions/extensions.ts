/** The list of extensions of a hello (RFC 8446 §4.2): each with its number, its bytes and its decoded value. */
import type { ByteReader, Span } from '../../wire/reader.ts';
import { extensionName } from '../registry.ts';
import type { HelloMessage } from './decoder.ts';
import { EXTENSIONS } from './table.ts';
import type { ExtensionValues } from './values.ts';
import { bytesAhead } from './vectors.ts';

export interface Extension {
  readonly type: number;
  /** The registry's name, `GREASE (0x0a0a)`, or the number as hex. */
  readonly name: string;
  /** extension_data, a copy. */
  readonly body: Uint8Array;
  /** With its four bytes of type and length. */
  readonly at: Span;
  /** What the table's decoder for `type` made of it: read it by `extensionValue`. The body where there is none. */
  readonly value: unknown;
}

/**
 * A 2-byte length and the extensions in it. No bytes at all are no extensions: hellos before TLS 1.2 may end there.
 * An extension type that occurs again becomes an `illegal` problem (RFC 8446 §4.2); both are in the list.
 */
export function decodeExtensions(r: ByteReader, message: HelloMessage): Extension[] {
  if (r.remaining === 0) return [];
  const body = r.subVector('extensions', 2);
  return body.group('extensions', () => {
    const list: Extension[] = [];
    const times = new Map<number, number>();
    while (body.remaining >= 4) {
      const extension = decodeExtension(body, message);
      list.push(extension);
      const before = times.get(extension.type) ?? 0;
      times.set(extension.type, before + 1);
      // Once per type: a hostile hello of 16000 empty extensions is one mistake, not 16000.
      if (before === 1) body.illegal('extension_type', extension.at, `${extension.name} occurs more than once`);
    }
    body.finish('extensions');
    return list.slice();
  });
}

function decodeExtension(r: ByteReader, message: HelloMessage): Extension {
  return r.group(
    'extension',
    () => {
      const from = r.offset;
      const type = r.uint16('extension_type', extensionName);
      const data = r.subVector('extension_data', 2);
      const body = bytesAhead(data);
      const row = EXTENSIONS.get(type);
      const value = row ? row.decode(data, message) : data.opaque('extension_data', data.remaining);
      data.finish(row?.name ?? 'extension_data');
      return { type, name: extensionName(type), body, at: r.span(from), value };
    },
    (extension) => {
      const summary = extensionSummary(extension);
      return summary === '' ? extension.name : `${extension.name}: ${summary}`;
    },
  );
}

/** One line that says what the extension says; empty where only its bytes are known. */
export function extensionSummary(extension: Extension): string {
  return EXTENSIONS.get(extension.type)?.summary(extension.value) ?? '';
}

/** The message does not admit this extension, in no version (RFC 8446 §4.2). False for numbers without a decoder. */
export function isMisplaced(extension: Extension, message: HelloMessage): boolean {
  const row = EXTENSIONS.get(extension.type);
  return row !== undefined && !row.allowedIn.includes(message);
}

/** The value of the first extension of that number; undefined where it is absent. */
export function extensionValue<T extends keyof ExtensionValues>(
  list: readonly Extension[],
  type: T,
): ExtensionValues[T] | undefined {
  // The table's type holds each row to the same mapping, so the value is what the number says.
  return list.find((extension) => extension.type === type)?.value as ExtensionValues[T] | undefined;
}

export function hasExtension(list: readonly Extension[], type: number): boolean {
  return list.some((extension) => extension.type === type);
}

/** EncryptedExtensions (RFC 8446 §4.3.1). */
import type { ByteReader } from '../../wire/reader.ts';
import { decodeExtensions, type Extension } from '../extensions/extensions.ts';

export interface EncryptedExtensions {
  readonly extensions: readonly Extension[];
}

export function decodeEncryptedExtensions(r: ByteReader): EncryptedExtensions {
  return { extensions: decodeExtensions(r, 'encrypted_extensions') };
}

/** What a row of the extension table is. */
import type { ByteReader } from '../../wire/reader.ts';

/** The message that carries an extension: the same number has other contents in another message. */
export type HelloMessage =
  | 'client_hello'
  | 'server_hello'
  | 'hello_retry_request'
  | 'encrypted_extensions'
  | 'certificate'
  | 'certificate_request'
  | 'new_session_ticket';

export interface ExtensionDecoder<T = unknown> {
  /** As the registry spells it. */
  readonly name: string;
  /** RFC 8446 §4.2 and the extension's own RFC, over all versions. */
  readonly allowedIn: readonly HelloMessage[];
  /** Reads one body to its end. Never throws; problems go to the reader. */
  decode(body: ByteReader, message: HelloMessage): T;
  /** One line for lists and for screen readers. */
  summary(value: T): string;
}

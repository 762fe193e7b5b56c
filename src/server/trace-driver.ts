/** What a store of traces must do beyond a driver of unstorage. */
import type { Driver } from 'unstorage';

export interface TraceDriver extends Driver {
  getItemRaw(key: string): Promise<Uint8Array | null>;
  /** All or nothing: once it resolves the value survives a crash, and until then nobody can read a part of it. `ttl`: seconds. */
  setItemRaw(key: string, value: Uint8Array, options: { readonly ttl?: number }): Promise<void>;
  removeItem(key: string): Promise<void>;
  /** Rejects while the store cannot be used. */
  check(): Promise<void>;
  /** The first bytes of every value, for whoever removes what has expired. Empty where the store does so itself. */
  heads(bytes: number): AsyncIterable<{ readonly key: string; readonly head: Uint8Array }>;
}

/** 16 random bytes as base64url. Nothing else is ever asked of a store. */
export const TRACE_ID = /^[A-Za-z0-9_-]{22}$/;

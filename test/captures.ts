/**
 * The captures of samples/ and what is known of them, for any test. The gallery lies in samples/, the rest of the
 * collection in samples/corpus/; a file is found by its name alone.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CaptureSource } from '../src/capture/datagram.ts';

export const SAMPLES: string = fileURLToPath(new URL('../samples/', import.meta.url));
const FOLDERS = ['.', 'corpus', 'corpus/synthetic'];

/** One entry of samples/corpus/MANIFEST.json: what the endpoints said, and what an independent checker counted. */
export interface KnownCapture {
  readonly file: string;
  readonly keys?: string;
  /** Hex. */
  readonly psk?: string;
  readonly pskIdentity?: string;
  /** PEM of the server. */
  readonly privateKey?: string;
  readonly client?: string;
  readonly server?: string;
  readonly version: string;
  /** In the words of the endpoint that reported it. */
  readonly cipherSuite?: string;
  readonly scenario: string;
  /** Which end of the path: a proxied run has one file for each. */
  readonly vantage: string;
  /** In order: whether the endpoint reported success. */
  readonly handshakesOk?: { readonly client?: readonly boolean[]; readonly server?: readonly boolean[] };
  readonly plaintexts?: readonly string[];
  /** How many of them that very file holds. */
  readonly plaintextsInFile?: number;
  readonly protectedRecords?: number;
  readonly decryptable?: number;
  readonly dtlsDatagrams?: number;
  readonly dtlsRecords?: number;
  /** What the proxy did. */
  readonly actions?: readonly {
    readonly action: string;
    readonly dir?: string;
    readonly n?: number;
    readonly len?: number;
  }[];
  /** In samples/corpus/truth/: what each endpoint and the proxy wrote down, a JSON object a line. */
  readonly log?: string;
  /** As the endpoints counted them. */
  readonly retransmissionsByTimer?: { readonly client?: number; readonly server?: number };
  /** The two capture points of one run, where they are not named `.client` and `.server`. */
  readonly pair?: readonly string[];
  /** Of the second point of `pair` against the first. */
  readonly clock?: { readonly offset_s: number; readonly drift_ppm: number; readonly duration_s: number };
  /** Datagrams between the points of `pair`. */
  readonly lostBetween?: { readonly c2s: number; readonly s2c: number };
  /** A hex dump or a log of a stack. */
  readonly text?: boolean;
  readonly note?: string;
  /** Rearranged by a script from real datagrams. */
  readonly synthetic?: boolean;
}

/** One entry of samples/index.json: the gallery, in the order of a course. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly expect: string;
  readonly files: readonly [string, ...string[]];
  readonly thumbnail: string;
  readonly outcome: 'established' | 'failed' | 'incomplete' | 'ongoing' | 'no-handshake';
  readonly version: string | null;
  readonly cipherSuite: string | null;
}

export const KNOWN: readonly KnownCapture[] = JSON.parse(readFileSync(pathOf('MANIFEST.json', ['corpus']), 'utf8'));
export const GALLERY: readonly Sample[] = JSON.parse(readFileSync(pathOf('index.json', ['.']), 'utf8'));

export function known(file: string): KnownCapture {
  const found = KNOWN.find((capture) => capture.file === file);
  if (!found) throw new Error(`${file} is not in samples/corpus/MANIFEST.json`);
  return found;
}

/** Where a capture, key log or key of the collection lies. */
export function pathOf(file: string, folders: readonly string[] = FOLDERS): string {
  for (const folder of folders) {
    const path = join(SAMPLES, folder, file);
    if (existsSync(path)) return path;
  }
  throw new Error(`${file} is neither in samples/ nor in samples/corpus/`);
}

export function bytesOf(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(pathOf(file)));
}

export function textOf(file: string): string {
  return readFileSync(pathOf(file), 'utf8');
}

/** As the capture room wants it; `chunkLength` cuts it, to prove that the cuts do not matter. */
export function sourceOf(file: string, chunkLength = Number.POSITIVE_INFINITY): CaptureSource {
  return sourceOfBytes(file, bytesOf(file), chunkLength);
}

export function sourceOfBytes(name: string, bytes: Uint8Array, chunkLength = Number.POSITIVE_INFINITY): CaptureSource {
  return {
    name,
    size: bytes.length,
    async *chunks() {
      const step = Math.min(chunkLength, Math.max(1, bytes.length));
      for (let from = 0; from < bytes.length; from += step) yield bytes.subarray(from, from + step);
    },
  };
}

/** The sample captures that come with the page: the gallery's cards, and their files once a card is opened. */
import type { InputFile } from '../worker/protocol.ts';

export interface Sample {
  readonly id: string;
  readonly title: string;
  /** One sentence. */
  readonly story: string;
  /** What to expect: "DTLS 1.2 · 16 ms". */
  readonly expect: string;
  readonly files: readonly string[];
  /** One letter per datagram, see parts/MiniDiagram.tsx. */
  readonly thumbnail: string;
}

const INDEX = import.meta.glob<readonly Sample[]>('../../samples/index.json', { eager: true, import: 'default' });
// Addresses only (assetsInlineLimit is 0): nobody loads a capture before opening it.
const ADDRESSES = import.meta.glob<string>('../../samples/*.{pcap,pcapng,keys,gz}', {
  query: '?url',
  import: 'default',
  eager: true,
});

export const SAMPLES: readonly Sample[] = Object.values(INDEX)[0] ?? [];

export function findSample(id: string): Sample | null {
  return SAMPLES.find((sample) => sample.id === id) ?? null;
}

/** Rejects with a sentence. */
export async function fetchSample(sample: Sample): Promise<readonly InputFile[]> {
  return Promise.all(sample.files.map(fetchFile));
}

async function fetchFile(name: string): Promise<InputFile> {
  const address = ADDRESSES[`../../samples/${name}`];
  const response = address === undefined ? null : await fetch(address).catch(() => null);
  if (!response) throw new Error(`The sample file ${name} could not be loaded. Check the connection and try again.`);
  const blob = response.ok ? await response.blob() : null;
  // Some hosts answer with a page of their own where a file is missing.
  if (blob === null || (/^text\/html/.test(blob.type) && (await blob.slice(0, 1).text()) === '<'))
    throw new Error(`The server does not have the sample file ${name}. Reload the page, or choose another sample.`);
  return { name, blob };
}

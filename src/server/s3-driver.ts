/**
 * One object per trace. Writing an object is one step by nature. The driver of unstorage lists no more than the first
 * 1000 objects of a bucket, of whatever folder, so listing is done here.
 */
import { AwsClient } from 'aws4fetch';
import s3 from 'unstorage/drivers/s3';
import { TRACE_ID, type TraceDriver } from './trace-driver.ts';

export interface Bucket {
  /** "https://s3.eu-central-1.amazonaws.com" */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Folder within the bucket: '' or "traces/". */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** How many objects are listed at once; absent: as many as the store likes, often 1000. */
  readonly pageSize?: number;
}

const TIMEOUT_MS = 20_000;

export function s3Driver({ prefix, pageSize, ...bucket }: Bucket): TraceDriver {
  const driver = s3(bucket);
  const { accessKeyId, secretAccessKey, region, endpoint } = bucket;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  const address = `${endpoint.replace(/\/$/, '')}/${bucket.bucket}`;

  async function list(more: Readonly<Record<string, string>>): Promise<string> {
    const query = new URLSearchParams({ prefix, ...more });
    const response = await client.fetch(`${address}?${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`listing the bucket failed: ${response.status} ${element(text, 'Code') ?? ''}`);
    return text;
  }

  /** The first version of the interface, which goes on after the last key: every implementation has it. */
  async function* keys(): AsyncIterable<string> {
    for (let after: string | null = ''; after !== null; ) {
      const page = await list({
        ...(after === '' ? {} : { marker: after }),
        ...(pageSize === undefined ? {} : { 'max-keys': String(pageSize) }),
      });
      const found = [...page.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
      for (const key of found)
        if (key.startsWith(prefix) && TRACE_ID.test(key.slice(prefix.length))) yield key.slice(prefix.length);
      after = element(page, 'IsTruncated') === 'true' ? (found.at(-1) ?? null) : null;
    }
  }

  return {
    ...driver,
    async getItemRaw(key) {
      const bytes: unknown = await driver.getItemRaw?.(prefix + key, {});
      return bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : null;
    },
    async setItemRaw(key, value) {
      await driver.setItemRaw?.(prefix + key, value, {});
    },
    async removeItem(key) {
      await driver.removeItem?.(prefix + key, {});
    },
    async check() {
      await list({ 'max-keys': '1' });
    },
    async *heads(bytes) {
      for await (const key of keys()) {
        const response = await client.fetch(`${address}/${prefix}${key}`, {
          headers: { range: `bytes=0-${bytes - 1}` },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const head = new Uint8Array(await response.arrayBuffer());
        if (response.ok) yield { key, head: head.subarray(0, bytes) };
      }
    },
  };
}

function element(xml: string, name: string): string | null {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? null;
}

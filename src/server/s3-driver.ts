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
}

const TIMEOUT_MS = 20_000;

export function s3Driver({ prefix, ...bucket }: Bucket): TraceDriver {
  const driver = s3(bucket);
  const { accessKeyId, secretAccessKey, region, endpoint } = bucket;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  const address = `${endpoint.replace(/\/$/, '')}/${bucket.bucket}`;

  async function list(more: Readonly<Record<string, string>>): Promise<string> {
    const query = new URLSearchParams({ 'list-type': '2', prefix, ...more });
    const response = await client.fetch(`${address}?${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    if (!response.ok) throw new Error(`listing the bucket failed: ${response.status} ${element(text, 'Code') ?? ''}`);
    return text;
  }

  async function* keys(): AsyncIterable<string> {
    for (let token: string | null = ''; token !== null; ) {
      const page = await list(token === '' ? {} : { 'continuation-token': token });
      for (const [, key = ''] of page.matchAll(/<Key>([^<]*)<\/Key>/g))
        if (key.startsWith(prefix) && TRACE_ID.test(key.slice(prefix.length))) yield key.slice(prefix.length);
      token = element(page, 'IsTruncated') === 'true' ? element(page, 'NextContinuationToken') : null;
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
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? null : text.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

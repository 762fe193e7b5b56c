/** A store by its address: a folder, redis://… or s3://bucket/folder. Its secrets come from the environment. */
import { resolve } from 'node:path';
import type { TraceDriver } from './trace-driver.ts';
import { type TraceStore, traceStore } from './trace-store.ts';

/** Why the store cannot be used, as a whole sentence. */
export class StoreProblem extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects with a StoreProblem. */
export async function openStore(address: string, environment: Environment, now: () => number): Promise<TraceStore> {
  const store = traceStore(await driverFor(address, environment), now);
  try {
    await store.check();
  } catch (failure) {
    await store.close().catch(() => {});
    const why = failure instanceof Error ? failure.message : String(failure);
    throw new StoreProblem(`The store ${withoutSecrets(address)} cannot be used: ${why}.`);
  }
  return store;
}

/** Each driver is loaded when it is wanted. */
async function driverFor(address: string, environment: Environment): Promise<TraceDriver> {
  if (/^rediss?:\/\//.test(address)) return (await import('./redis-driver.ts')).redisDriver(address);
  if (address.startsWith('s3://')) return (await import('./s3-driver.ts')).s3Driver(bucketOf(address, environment));
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address))
    throw new StoreProblem(
      `There is no store of the kind ${withoutSecrets(address)}: name a folder, redis://… or s3://….`,
    );
  return (await import('./file-driver.ts')).fileDriver(resolve(address));
}

function bucketOf(address: string, environment: Environment) {
  const [, bucket = '', folder = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(address) ?? [];
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) || !/^[A-Za-z0-9/_-]*$/.test(folder))
    throw new StoreProblem(`${address} does not name a bucket, as s3://bucket/folder does.`);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new StoreProblem('S3 needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment.');
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? 'us-east-1';
  const endpoint =
    environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL ?? `https://s3.${region}.amazonaws.com`;
  const prefix = folder === '' ? '' : `${folder.replace(/^\/+|\/+$/g, '')}/`;
  return { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey };
}

/** For messages: a password of redis://user:password@host stays out. */
export function withoutSecrets(address: string): string {
  return address.replace(/^([a-z]+:\/\/)[^/@]*@/, '$1');
}

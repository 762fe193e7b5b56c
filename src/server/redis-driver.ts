/**
 * Redis removes what has expired by itself. The driver of unstorage would keep bytes as base64 text, a third more
 * memory and traffic; here they are kept as they are.
 */
import type { Redis } from 'ioredis';
import redis from 'unstorage/drivers/redis';
import type { TraceDriver } from './trace-driver.ts';

const PREFIX = 'dtlscope:trace:';
const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 20_000;

export function redisDriver(url: string): TraceDriver {
  const driver = redis({
    url,
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    // Whoever asks is told at once that the store is away; the connection is made again meanwhile.
    maxRetriesPerRequest: 1,
  });
  const client = driver.getInstance?.() as Redis;
  // Without a listener the client would write to the console. A command says that it failed, but not why.
  let reason: Error | null = null;
  client.on('error', (error: Error) => {
    reason = error;
  });
  return {
    ...driver,
    getItemRaw: (key) => client.getBuffer(PREFIX + key),
    async setItemRaw(key, value, { ttl }) {
      if (ttl === undefined) throw new Error('a trace has to expire');
      await client.set(PREFIX + key, Buffer.from(value.buffer, value.byteOffset, value.length), 'EX', ttl);
    },
    async removeItem(key) {
      await client.unlink(PREFIX + key);
    },
    async check() {
      try {
        await client.ping();
      } catch (failure) {
        throw reason ?? failure;
      }
    },
    async *heads() {},
    dispose: () => client.disconnect(),
  };
}

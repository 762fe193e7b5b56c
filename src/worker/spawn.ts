/** Starts the worker's thread where the page comes from a server. The one-file page has spawn-inline.ts in its place. */
import address from './worker.ts?worker&url';

/**
 * From a blob that loads the worker: a thread that starts from a blob inherits the page's content security policy. One
 * that starts from an address of its own would have only what the headers of the host say.
 */
export function spawnWorker(): Worker {
  const absolute = new URL(address, import.meta.url).href;
  const start = new Blob([`import ${JSON.stringify(absolute)};`], { type: 'text/javascript' });
  const url = URL.createObjectURL(start);
  const worker = new Worker(url, { type: 'module', name: 'analysis' });
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return worker;
}

/** Starts the worker's thread where the page is one file: the worker's code is a string inside it. */
import InlineWorker from './worker.ts?worker&inline';

export function spawnWorker(): Worker {
  return new InlineWorker({ name: 'analysis' });
}

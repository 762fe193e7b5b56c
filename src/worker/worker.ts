/** The worker's thread: all parsing and all cryptography happen here, nothing of it in the page. */
import { Session } from '../analysis/session.ts';
import { WorkerCore } from './core.ts';
import type { ToWorker } from './protocol.ts';

const session = new Session();
const core = new WorkerCore(session, (message) => self.postMessage(message), {
  write: async (request, cancelled) => (await import('./writing.ts')).write(session, request, cancelled),
});
self.onmessage = (event: MessageEvent<ToWorker>) => void core.receive(event.data);

/** The worker's thread: all parsing and all cryptography happen here, nothing of it in the page. */
import { Session } from '../analysis/session.ts';
import { WorkerCore } from './core.ts';
import type { ToWorker } from './protocol.ts';

const core = new WorkerCore(new Session(), (message) => self.postMessage(message));
self.onmessage = (event: MessageEvent<ToWorker>) => void core.receive(event.data);

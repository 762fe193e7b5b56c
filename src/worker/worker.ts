/** The worker's thread: all parsing and all cryptography happen here, nothing of it in the page. */
import { Session } from '../analysis/session.ts';
import { WorkerCore } from './core.ts';
import type { ToWorker } from './protocol.ts';
import type { Sharing } from './sharing.ts';

const session = new Session();
let sharing: Sharing | null = null;

/** Loaded when something shared comes in, or something is to be shared; once more where that did not work. */
async function shared(): Promise<Sharing> {
  const { Sharing: It } = await import('./sharing.ts');
  sharing ??= new It(session);
  return sharing;
}

const core = new WorkerCore(session, (message) => self.postMessage(message), {
  write: async (request, cancelled) => (await import('./writing.ts')).write(session, request, cancelled),
  openShared: async (file, cancelled) => (await shared()).open(file, cancelled),
  share: async (question, cancelled) => (await shared()).answer(question, cancelled),
});
self.onmessage = (event: MessageEvent<ToWorker>) => void core.receive(event.data);

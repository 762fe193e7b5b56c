/** The one controller of the page, connected to the one store and the worker. */
import { startAnalysis } from '../worker/client.ts';
import { createController } from './controller.ts';
import { useStore } from './store/store.ts';

export const page = createController(useStore, startAnalysis);
export { useStore };

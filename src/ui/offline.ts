/**
 * Has the service worker (scripts/build/service-worker.mjs) keep the page for when there is no network. A page from a
 * disk has none, and needs none.
 */
import type { OfflineSlice } from './store/offline.ts';

const HOSTED = import.meta.env.MODE === 'production' && /^https?:$/.test(globalThis.location?.protocol ?? '');

/** Where the page as one file is; null where this is it. */
export const ONE_FILE: string | null = HOSTED ? 'dtlscope.html' : null;

/** What is used of the browser, so that tests can stand in for it. */
export interface Keeping {
  readonly workers: ServiceWorkerContainer;
  /** Whether this browser keeps the page itself. */
  readonly kept: () => Promise<boolean>;
}

type Told = Pick<OfflineSlice, 'keepsOffline' | 'meetVersion'>;

/**
 * Null where there is nothing to keep, or nobody to keep it: a disk, the one-file page, http without TLS, and the page
 * that `dtlscope open` serves once.
 */
export function keeping(): Keeping | null {
  if (!HOSTED || !isSecureContext || !('serviceWorker' in navigator)) return null;
  if (document.querySelector('meta[name="dtlscope-files"]')) return null;
  const folder = new URL('./', document.baseURI).href;
  return { workers: navigator.serviceWorker, kept: async () => (await caches.match(folder)) !== undefined };
}

export async function keepOffline({ workers, kept }: Keeping, { keepsOffline, meetVersion }: Told): Promise<void> {
  // Private windows and settings may forbid it; then the page just does not work offline.
  const registration = await workers
    .register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' })
    .catch(() => null);
  if (!registration) return;
  // What comes to this tab later than the first version is a newer one.
  const first = registration.active === null;
  const watch = (coming: ServiceWorker | null) => {
    coming?.addEventListener('statechange', () => {
      if (coming.state !== 'activated') return;
      if (!first) meetVersion(true);
      else void tell();
    });
  };
  const tell = async () => {
    if (await kept().catch(() => false)) keepsOffline();
  };
  watch(registration.installing ?? registration.waiting);
  registration.addEventListener('updatefound', () => watch(registration.installing));
  if (registration.active?.state === 'activated') await tell();
}

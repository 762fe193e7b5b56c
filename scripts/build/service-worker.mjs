/**
 * Keeps this version of the page for when there is no network. It answers for the files of the build and for nothing
 * else: other requests, such as those for stored traces, go their way as if it did not exist.
 */

/**
 * What is used of the thread it runs in.
 * @typedef {Event & { waitUntil(work: Promise<unknown>): void }} Lasting
 * @typedef {Lasting & { request: Request, respondWith(answer: Promise<Response>): void }} Asked
 * @typedef {{
 *   registration: { scope: string },
 *   skipWaiting(): Promise<void>,
 *   clients: { claim(): Promise<void> },
 *   addEventListener(type: 'install' | 'activate', hear: (event: Lasting) => void): void,
 *   addEventListener(type: 'fetch', hear: (event: Asked) => void): void,
 * }} Thread
 */
const thread = /** @type {Thread} */ (/** @type {unknown} */ (globalThis));

/** @type {{ version: string, entry: string, files: readonly string[] }} */
const { version, entry, files } = JSON.parse('{BUILD}');
const scope = thread.registration.scope;
// Pages in other folders of the same host have caches of their own.
const family = `dtlscope ${scope} `;
const cacheName = family + version;
const known = new Set(files);

thread.addEventListener('install', (event) => event.waitUntil(install()));
thread.addEventListener('activate', (event) => event.waitUntil(activate()));
thread.addEventListener('fetch', (event) => {
  const file = fileOf(event.request);
  if (file !== null) event.respondWith(answer(file, event.request));
});

/** All or nothing: a version of which a file is missing is not installed. */
async function install() {
  const cache = await caches.open(cacheName);
  await cache.put(scope, await fetchPage());
  await Promise.all(
    files.map(async (file) => {
      const response = await fetch(new URL(file, scope), { cache: file.startsWith('assets/') ? 'default' : 'reload' });
      // Some hosts answer with a page of their own where a file is missing.
      const stray = response.headers.get('content-type')?.startsWith('text/html');
      if (!response.ok || stray) throw new Error(`${file} is not there.`);
      await cache.put(new URL(file, scope), response);
    }),
  );
  // The next load is answered by this version. Tabs of the version before find their files in its cache.
  await thread.skipWaiting();
}

/** Some hosts have the page at the folder's address, some only by its name. */
async function fetchPage() {
  for (const address of [scope, new URL('index.html', scope)]) {
    const response = await fetch(address, { cache: 'reload' });
    const text = response.ok ? await response.text() : '';
    // In the middle of an update the host may still have the page of the version before.
    if (text.includes(entry)) return new Response(text, { headers: { 'content-type': 'text/html; charset=utf-8' } });
  }
  throw new Error('The page of this version is not there.');
}

/** Keeps this version and the one before it, which other tabs may still show. */
async function activate() {
  const own = (await caches.keys()).filter((name) => name.startsWith(family) && name !== cacheName);
  await Promise.all(own.slice(0, -1).map((name) => caches.delete(name)));
  await thread.clients.claim();
}

/**
 * The name of the file in the build, "" for the page; null for what is none of its files.
 * @param {Request} request
 */
function fileOf({ method, url }) {
  const { origin, pathname } = new URL(url);
  const address = origin + pathname;
  if (method !== 'GET' || !address.startsWith(scope)) return null;
  const name = address.slice(scope.length);
  if (name === '' || name === 'index.html') return '';
  return known.has(name) || name.startsWith('assets/') ? name : null;
}

/**
 * @param {string} file
 * @param {Request} request
 */
async function answer(file, request) {
  const cache = await caches.open(cacheName);
  const address = new URL(file, scope).href;
  const kept = await cache.match(address);
  if (kept) return kept;
  // Of another version, asked for by a tab that still shows it.
  const others = file.startsWith('assets/') ? (await caches.keys()).filter((name) => name.startsWith(family)) : [];
  for (const name of others) {
    const older = await (await caches.open(name)).match(address);
    if (older) return older;
  }
  return fetch(request);
}

/** The page runs from any folder of any host, without a network, and from a disk; and it talks to nobody else. */
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { test as base, describe, expect, inject } from 'vitest';
import { type Host, type HostHabits, host } from './host.ts';
import { dropSamples, see } from './page.ts';
import { recordingProxy } from './recording-proxy.ts';

const CLEAN = ['openssl-ecdhe-ecdsa-aes128-gcm.pcap', 'openssl-ecdhe-ecdsa-aes128-gcm.keys'] as const;
const ONE_FILE = pathToFileURL('dist/dtlscope.html').href;
const FOLDER = '/some/sub/path/';

interface Fixtures {
  readonly hosted: (habits?: HostHabits) => Promise<Host>;
  /** A tab with its own profile. Whatever its console calls an error is in `errors`. */
  readonly visit: (address: string, proxy?: string) => Promise<{ page: Page; errors: readonly string[] }>;
}

let browser: Promise<Browser> | undefined;

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  hosted: async ({}, use) => {
    const hosts: Host[] = [];
    await use(async (habits) => {
      const one = await host(habits);
      hosts.push(one);
      return one;
    });
    for (const one of hosts) await one.close();
  },
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  visit: async ({}, use) => {
    browser ??= chromium.connect(inject('browser'));
    const contexts: BrowserContext[] = [];
    await use(async (address, proxy) => {
      const through = proxy === undefined ? {} : { proxy: { server: proxy, bypass: '<-loopback>' } };
      const context = await ((await browser) as Browser).newContext({ reducedMotion: 'reduce', ...through });
      context.setDefaultTimeout(20_000);
      contexts.push(context);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('console', (line) => void (line.type() === 'error' && errors.push(line.text())));
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.goto(address);
      return { page, errors };
    });
    for (const context of contexts) await context.close();
  },
});

/** Hosts that were asked for besides `own`. The one left out is asked by Chromium itself, about fields to fill in. */
const strangers = (hosts: readonly string[], own: string) =>
  hosts.filter((name) => name !== own && name !== 'content-autofill.googleapis.com:443');

const openSample = (page: Page, name: RegExp) => page.getByRole('button', { name }).first().click();

async function save(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Save ${name}`, exact: true }).click(),
  ]);
  const parts: Uint8Array[] = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** Shares what is open, and closes the dialog. */
async function shareLink(page: Page): Promise<string> {
  await page.keyboard.press('Control+Shift+S');
  const dialog = page.getByRole('dialog', { name: 'Share this trace' });
  const link = await dialog.getByRole('textbox', { name: 'The link', exact: true }).inputValue();
  await dialog.getByRole('button', { name: /^Copy link/ }).click();
  await see(page, 'The link is copied, and the address bar keeps it.');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  return link;
}

describe('on a host', () => {
  test('in some folder, whatever it takes captures for', async ({ hosted, visit }) => {
    const { address, asked } = await hosted({ folder: FOLDER });
    const { page, errors } = await visit(address);
    await openSample(page, /Flight 4 lost/);
    await see(page, /hello from client/);
    await see(page, 'Sequence');
    expect(asked.filter((path) => !path.startsWith(FOLDER))).toEqual([]);
    expect(asked.some((path) => path.endsWith('.pcap'))).toBe(true);
    expect(errors).toEqual([]);
  });

  test.for([
    ['says so', {}],
    ['answers with its own page', { instead: '<!doctype html><h1>Welcome to our host</h1>' }],
  ] as const)(
    'a sample that is missing where the host %s is named in a sentence',
    async ([, habits], { hosted, visit }) => {
      const { address, files } = await hosted(habits);
      for (const name of files.keys()) if (name.endsWith('.pcap')) files.delete(name);
      const { page } = await visit(address);
      await openSample(page, /A clean handshake/);
      await see(page, `The server does not have the sample file ${CLEAN[0]}.`);
    },
  );
});

describe('without a network', () => {
  test('after the first visit it opens samples and captures, and shows every view', async ({ hosted, visit }) => {
    const { address, close } = await hosted({ folder: FOLDER });
    const { page, errors } = await visit(address);
    await see(page, /Works offline/);
    await page.context().setOffline(true);
    await close();
    await page.reload();
    await openSample(page, /Flight 4 lost/);
    await see(page, /hello from client/);
    await dropSamples(page, ...CLEAN);
    await see(page, /Flight 6\b/);
    await page.keyboard.press('v');
    await page.getByRole('grid').or(page.getByRole('table')).first().waitFor();
    await page.keyboard.press('Control+s');
    expect(JSON.parse(await save(page, 'Report, JSON'))).toMatchObject({ format: 'dtlscope-report' });
    expect(errors).toEqual([]);
  });

  test('it is said only once it is true', async ({ hosted, visit }) => {
    const { address, files, asked } = await hosted();
    // A host that lost one file of the page cannot be taken offline.
    files.delete('favicon.svg');
    const { page } = await visit(address);
    await expect.poll(() => asked, { timeout: 20_000 }).toContain('/favicon.svg');
    await expect
      .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length))
      .toBe(0);
    expect(await page.getByText(/Works offline/).count()).toBe(0);
  });

  test('only files of the page are kept: what else the host answers is asked for each time', async ({
    hosted,
    visit,
  }) => {
    const { address, asked, files } = await hosted();
    files.set('api/traces/one', Buffer.from('sealed'));
    const { page } = await visit(address);
    await see(page, /Works offline/);
    for (const _ of [1, 2]) await page.evaluate(() => fetch('api/traces/one').then((response) => response.text()));
    expect(asked.filter((path) => path === '/api/traces/one')).toHaveLength(2);
    const kept = await page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => url);
    });
    expect(kept.length).toBeGreaterThan(30);
    expect(kept.filter((url) => !/\/(assets\/[^/]+|favicon\.svg|manifest\.webmanifest)?$/.test(url))).toEqual([]);
    expect(kept.filter((url) => !url.startsWith(address))).toEqual([]);
  });

  test('a new version is said, takes nothing away, and comes with the next load', async ({ hosted, visit }) => {
    const { address, files } = await hosted();
    const { page, errors } = await visit(address);
    const version = () => page.evaluate(() => document.documentElement.dataset.version ?? 'old');
    await see(page, /Works offline/);
    const change = (name: string, from: RegExp, to: string) => {
      const old = String(files.get(name));
      expect(old).toMatch(from);
      files.set(name, Buffer.from(old.replace(from, to)));
    };
    change('index.html', /<html lang="en"/, '<html lang="en" data-version="new"');
    change('sw.js', /"version":"[0-9a-f]+"/, '"version":"new"');
    // What the new version does not have any more is still there for this tab.
    const [table = ''] = [...files.keys()].filter((name) => /PacketTable-.*\.js$/.test(name));
    change('sw.js', new RegExp(`"${table}",`), '');
    files.delete(table);
    await page.reload();
    expect(await version()).toBe('old');
    await dropSamples(page, ...CLEAN);
    await see(page, 'A new version is here: reload when it suits you. Then open the capture again.');
    await page.keyboard.press('v');
    await page.getByRole('grid').or(page.getByRole('table')).first().waitFor();
    await page.getByRole('button', { name: 'Reload', exact: true }).click();
    await expect.poll(version).toBe('new');
    expect(await page.getByText(/A new version is here/).count()).toBe(0);
    expect(errors).toEqual([]);
  });
});

describe('from a disk', () => {
  test('one file opens samples and captures, and exports, without asking anybody', async ({ visit }) => {
    const { page, errors } = await visit(ONE_FILE);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await openSample(page, /Flight 4 lost/);
    await see(page, /hello from client/);
    await dropSamples(page, CLEAN[0]);
    await see(page, /Flight 6\b/);
    // The sample before it has a flight 6 too.
    await expect.poll(() => page.getByText(/hello from client/).count()).toBe(0);
    await dropSamples(page, CLEAN[1]);
    await see(page, /hello from client/);
    await see(page, /^Established in/);
    await page.keyboard.press('Control+s');
    expect(JSON.parse(await save(page, 'Report, JSON'))).toMatchObject({ format: 'dtlscope-report' });
    expect(requests.filter((url) => !/^(data|blob):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('a link made there opens there, and from # on also on a host', async ({ hosted, visit }) => {
    const { page, errors } = await visit(ONE_FILE);
    await openSample(page, /Flight 4 lost/);
    await see(page, /hello from client/);
    const link = await shareLink(page);
    expect(link.startsWith(`${ONE_FILE}#1`)).toBe(true);
    const { address } = await hosted();
    for (const shared of [link, address + link.slice(link.indexOf('#'))]) {
      const { page: other } = await visit(shared);
      await see(other, /Flight 4\b/);
      expect(await other.getByText(/hello from client/).count()).toBe(0);
    }
    await page.keyboard.press('Control+Shift+S');
    await page.getByRole('button', { name: 'Copy the part from # on' }).click();
    await see(page, 'Copied. Put it behind the address of a DTLScope on a server.');
    expect(errors).toEqual([]);
  });

  test('the page that wants a server says which file does not', async ({ visit }) => {
    const { page } = await visit(pathToFileURL('dist/index.html').href);
    await see(page, /From a disk, open dtlscope\.html/);
  });
});

/** Each tries to reach another host, and resolves to what became of it. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  fetch: `fetch('http://stranger.test/a').then(() => 'out', () => 'refused')`,
  WebSocket: `new Promise((done) => { try { const s = new WebSocket('ws://stranger.test/b'); s.onopen = () => done('out'); s.onerror = () => done('refused'); } catch { done('refused'); } })`,
  EventSource: `new Promise((done) => { const s = new EventSource('http://stranger.test/c'); s.onopen = () => done('out'); s.onerror = () => { s.close(); done('refused'); }; })`,
  import: `import('http://stranger.test/d.js').then(() => 'out', () => 'refused')`,
};
const WAYS_OUT_OF_A_PAGE: Readonly<Record<string, string>> = {
  ...WAYS_OUT,
  beacon: `Promise.resolve(navigator.sendBeacon('http://stranger.test/e', 'x')).then(() => 'refused')`,
  ...Object.fromEntries(
    [
      ['img', 'src'],
      ['script', 'src'],
      ['iframe', 'src'],
      ['link', 'href'],
      ['video', 'src'],
    ].map(([tag, attribute]) => [
      tag,
      `new Promise((done) => {
        const element = document.createElement('${tag}');
        if ('${tag}' === 'link') element.rel = 'stylesheet';
        document.addEventListener('securitypolicyviolation', () => done('refused'), { once: true });
        element.onload = element.oncanplay = () => done('out');
        setTimeout(() => done('nobody forbade it'), 5000);
        element.${attribute} = 'http://stranger.test/${tag}';
        document.body.append(element);
      })`,
    ]),
  ),
};

describe('the content security policy', () => {
  test.for(['on a host', 'from a disk'])(
    '%s, lets no script that got in reach another host',
    async (place, { hosted, visit }) => {
      const { address } = await hosted();
      const proxy = await recordingProxy(new URL(address).host);
      const { page } = await visit(place === 'on a host' ? address : ONE_FILE, proxy.address);
      await openSample(page, /A clean handshake/);
      await see(page, /Flight 6\b/);
      const [worker] = page.workers();
      if (!worker) throw new Error('The page has no worker.');
      const fates: string[] = [];
      for (const [way, code] of Object.entries(WAYS_OUT)) fates.push(`worker, ${way}: ${await worker.evaluate(code)}`);
      for (const [way, code] of Object.entries(WAYS_OUT_OF_A_PAGE)) fates.push(`${way}: ${await page.evaluate(code)}`);
      expect(fates.filter((fate) => !fate.endsWith(': refused'))).toEqual([]);
      expect(strangers(proxy.hosts, new URL(address).host)).toEqual([]);
      await proxy.close();
    },
  );

  test.for(['on a host', 'from a disk'])(
    '%s, runs nothing that was put into the markup',
    async (place, { hosted, visit }) => {
      const { address } = await hosted();
      const { page } = await visit(place === 'on a host' ? address : ONE_FILE);
      await see(page, /Drop a capture/);
      const ran = await page.evaluate(async () => {
        const marks: string[] = [];
        Object.assign(window, { mark: (how: string) => marks.push(how) });
        const holder = document.createElement('div');
        holder.innerHTML = '<img src="data:," onerror="mark(\'handler\')"><a href="javascript:mark(\'link\')">a</a>';
        document.body.append(holder);
        holder.querySelector('a')?.click();
        const script = document.createElement('script');
        script.textContent = "mark('inline')";
        document.body.append(script);
        const elsewhere = document.createElement('script');
        elsewhere.src = URL.createObjectURL(new Blob(["mark('blob')"], { type: 'text/javascript' }));
        await new Promise((done) => {
          elsewhere.onload = elsewhere.onerror = done;
          document.body.append(elsewhere);
        });
        await new Promise((done) => setTimeout(done, 100));
        return marks;
      });
      expect(ran).toEqual([]);
    },
  );
});

test('no request leaves the origin while a capture is opened, annotated, shared and exported', async ({
  hosted,
  visit,
}) => {
  const { address } = await hosted({ folder: FOLDER });
  const { host: own } = new URL(address);
  const proxy = await recordingProxy(own);
  const { page, errors } = await visit(address, proxy.address);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(address).origin });
  await dropSamples(page, ...CLEAN);
  await see(page, /Flight 6\b/);
  await see(page, /hello from client/);
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Text of the note' }).fill('See <img src=http://stranger.test/pixel>');
  for (const key of ['Control+Enter', '6']) await page.keyboard.press(key);
  await see(page, 'See <img src=http://stranger.test/pixel>');
  const link = await shareLink(page);
  for (const key of ['v', 'v', 'Control+s']) await page.keyboard.press(key);
  for (const name of ['Report, HTML', 'Report, JSON', 'Diagram, PNG']) await save(page, name);
  await page.goto('about:blank');
  await page.goto(link);
  await see(page, /Flight 6\b/);
  await page.goto('about:blank');
  await page.goto(address);
  await see(page, /Works offline/);
  expect(proxy.hosts).toContain(own);
  expect(strangers(proxy.hosts, own)).toEqual([]);
  expect(errors).toEqual([]);
  await proxy.close();
});

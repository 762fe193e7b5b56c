/**
 * A list longer than the analysis can read from one capture: the page gets a worker that answers with as many
 * associations as are wanted, each a real one under another name, address and time.
 */
import { choose, untilOpen, withPage } from './page.mjs';

/** What the worker said of a real capture, as JSON. @typedef {{ opened: string, association: string }} Answers */

/**
 * Opens a real capture in the real page and listens to its worker.
 * @param {import('./page.mjs').Setting} setting @param {import('./inputs.mjs').Input} file
 * @returns {Promise<Answers>}
 */
export async function answersTo(setting, file) {
  return withPage(
    setting,
    async (page) => {
      await choose(page, file);
      await untilOpen(page);
      return page.evaluate(() => {
        const { opened = '', association = '' } = window.heard ?? {};
        return { opened, association };
      });
    },
    (page) => page.addInitScript(listen),
  );
}

/** Runs in the page. */
function listen() {
  /** @type {Record<string, string>} */
  const heard = {};
  window.heard = heard;
  const Real = window.Worker;
  window.Worker = class extends Real {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      super(url, options);
      this.addEventListener('message', ({ data }) => {
        if (data.is === 'opened' || data.is === 'association') heard[data.is] = JSON.stringify(data);
      });
    }
  };
}

/**
 * Runs in the page. Of the worker's interface only what the page uses.
 * @param {Answers & { count: number }} given
 */
export function standIn({ opened, association, count }) {
  const { trace } = JSON.parse(opened);
  const { detail } = JSON.parse(association);
  /** @typedef {import('../src/analysis/trace.ts').Association} Association */
  const kinds = /** @type {Association[]} */ (trace.associations);
  const associations = Array.from({ length: count }, (_, i) => {
    const kind = /** @type {Association} */ (kinds[i % kinds.length]);
    const address = `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
    const client = { address, port: 1024 + ((i * 7919) % 60_000) };
    return { ...kind, id: `a${i + 1}`, client, startMs: i * 3.7, endMs: i * 3.7 + (kind.endMs - kind.startMs) };
  });
  /** @param {import('../src/worker/protocol.ts').ToWorker} message */
  const answer = (message) => {
    const { job } = message;
    switch (message.do) {
      case 'open':
        return { is: 'opened', job, trace: { ...trace, associations }, failures: [] };
      case 'association': {
        const found = associations[Number(message.id.slice(1)) - 1];
        return { is: 'association', job, detail: { ...detail, association: found } };
      }
      default:
        return { is: 'absent', job };
    }
  };
  class StandIn extends EventTarget {
    /** @type {((event: MessageEvent) => void) | null} */
    onmessage = null;
    /** @param {import('../src/worker/protocol.ts').ToWorker} message */
    postMessage(message) {
      setTimeout(() => this.onmessage?.(new MessageEvent('message', { data: answer(message) })), 0);
    }
    terminate() {}
  }
  window.Worker = /** @type {typeof Worker} */ (/** @type {unknown} */ (StandIn));
}

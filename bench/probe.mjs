/** What is put into the page before its own scripts: it watches frames, selections and key strokes. */

/**
 * @typedef {object} Frames
 * @property {number[]} ms from one frame to the next
 * @property {number[]} longTasks
 */

/**
 * @typedef {object} Probe
 * @property {() => number | null} selected the record whose bytes are shown
 * @property {() => void} startFrames
 * @property {() => Frames} stopFrames
 * @property {() => void} watchSelections
 * @property {number[]} selections ms from the input to the bytes
 * @property {() => void} watchTyping
 * @property {{ handled: number[], painted: number[] }} typing
 */

/** Runs in the page, so it can use nothing from here. */
export function installProbe() {
  /** @type {number[]} */
  const longTasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) longTasks.push(entry.duration);
  }).observe({ type: 'longtask' });
  /** @type {number[]} */
  let frames = [];
  let running = false;

  /** @type {Probe} */
  const probe = {
    selected() {
      if (!document.querySelector('.bytes .rows')) return null;
      const crumb = document.querySelector('.crumbs [title^="Record "]');
      const number = crumb?.getAttribute('title')?.match(/^Record (\d+)/)?.[1];
      return number === undefined ? null : Number(number);
    },
    startFrames() {
      frames = [];
      longTasks.length = 0;
      running = true;
      let last = performance.now();
      const tick = (/** @type {number} */ now) => {
        if (!running) return;
        frames.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame((now) => {
        last = now;
        requestAnimationFrame(tick);
      });
    },
    stopFrames() {
      running = false;
      return { ms: frames, longTasks: [...longTasks] };
    },
    selections: [],
    watchSelections() {
      let before = probe.selected();
      let at = 0;
      const note = (/** @type {Event} */ event) => {
        at = event.timeStamp;
      };
      window.addEventListener('pointerup', note, true);
      window.addEventListener('keydown', note, true);
      new MutationObserver(() => {
        const now = probe.selected();
        if (now === null || now === before) return;
        before = now;
        if (at > 0) probe.selections.push(performance.now() - at);
        at = 0;
      }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['title'] });
    },
    typing: { handled: [], painted: [] },
    watchTyping() {
      const input = document.querySelector('#filter');
      if (!input) throw new Error('There is no filter.');
      window.addEventListener(
        'input',
        () => {
          const began = performance.now();
          // After this task, in which React draws what was typed.
          const task = new MessageChannel();
          task.port1.onmessage = () => probe.typing.handled.push(performance.now() - began);
          task.port2.postMessage(null);
          requestAnimationFrame(() => {
            const paint = new MessageChannel();
            paint.port1.onmessage = () => probe.typing.painted.push(performance.now() - began);
            paint.port2.postMessage(null);
          });
        },
        true,
      );
    },
  };
  window.bench = probe;
}

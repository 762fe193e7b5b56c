import type { Watched } from './large/page.mjs';
import type { Probe } from './probe.mjs';

declare global {
  interface Window {
    /** Set by probe.mjs before the page's own scripts run. */
    bench: Probe;
    /** Set by large/page.mjs while it watches a file being opened. */
    opening?: Watched;
    /** What the real worker said, set by stand-in.mjs. */
    heard?: { readonly opened?: string; readonly association?: string };
  }
}

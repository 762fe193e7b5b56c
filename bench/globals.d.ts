import type { Probe } from './probe.mjs';

declare global {
  interface Window {
    /** Set by probe.mjs before the page's own scripts run. */
    bench: Probe;
    /** What the real worker said, set by stand-in.mjs. */
    heard?: { readonly opened?: string; readonly association?: string };
  }
}

/**
 * What the page may load and whom it may talk to: itself, and nobody else. The policy stands in the file, so that it
 * holds on hosts whose headers nobody can set.
 */
import { createHash } from 'node:crypto';

/** Content security policy of the page on a server. Frames, objects and media fall under `default-src`. */
export const PAGE_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  // The worker is started from a blob, which inherits this policy: see src/worker/spawn.ts.
  'worker-src': ["'self'", 'blob:'],
  // React sets single styles through the DOM, which needs no leave.
  'style-src': ["'self'"],
  // The diagram is painted from a blob, and marks in the styles are data.
  'img-src': ["'self'", 'data:', 'blob:'],
  'connect-src': ["'self'"],
  'manifest-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
};

/**
 * The policy of the one file, which may talk to nobody at all: its samples are data inside it.
 * @param {string} script
 * @param {string} style
 */
export function singleFilePolicy(script, style) {
  return {
    'default-src': ["'none'"],
    'script-src': [hashOf(script)],
    'worker-src': ['blob:'],
    'style-src': [hashOf(style)],
    'img-src': ['data:', 'blob:'],
    'connect-src': ['data:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
  };
}

/** @param {string} text what stands between the tags */
function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * Puts the policy into a page, before anything that it rules.
 * @param {string} html
 * @param {Readonly<Record<string, readonly string[]>>} policy
 */
export function withPolicy(html, policy) {
  const text = Object.entries(policy)
    .map(([rule, sources]) => [rule, ...sources].join(' '))
    .join('; ');
  const marked = html.replace(
    '<meta charset="utf-8">',
    (charset) => `${charset}\n    <meta http-equiv="Content-Security-Policy" content="${text}">`,
  );
  if (marked === html) throw new Error('The page has no <meta charset="utf-8"> to put the policy behind.');
  return marked;
}

/** @returns {import('vite').Plugin} */
export function contentSecurityPolicy() {
  return {
    name: 'content-security-policy',
    // The development server works with inline scripts.
    apply: 'build',
    transformIndexHtml: { order: 'post', handler: (html) => withPolicy(html, PAGE_POLICY) },
  };
}

/** The theme: the system's by default, the reader's own where one was chosen. */

import type { Theme } from './store/settings.ts';
import type { Store } from './store/store.ts';

const KEY = 'dtlscope.theme';

/** Takes the remembered theme over and keeps the page in step with the state. */
export function connectTheme(store: Store): void {
  store.getState().setTheme(remembered());
  show(store.getState().theme);
  store.subscribe((now, before) => {
    if (now.theme === before.theme) return;
    show(now.theme);
    remember(now.theme);
  });
}

/** The other theme; where that is what the system wishes anyway, follow the system again. */
export function otherTheme(theme: Theme): Theme {
  const system = systemTheme();
  const other = (theme === 'system' ? system : theme) === 'dark' ? 'light' : 'dark';
  return other === system ? 'system' : other;
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  return (document.documentElement.dataset.theme ?? systemTheme()) === 'dark';
}

const systemTheme = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

function show(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

// Storage may be forbidden, as in some private windows; the theme then lasts as long as the page.
function remembered(): Theme {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : 'system';
  } catch {
    return 'system';
  }
}

function remember(theme: Theme): void {
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // As above.
  }
}

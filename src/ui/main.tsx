/** Mounts the page. The shared styles come first, so that the views' own may refine them. */
import './tokens.css';
import './theme.css';
import './frame.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { connectAddress } from './address.ts';
import { fetchWorkspace } from './LateWorkspace.tsx';
import { browserKeeper, connectNotes } from './notes-storage.ts';
import { keeping, keepOffline } from './offline.ts';
import { openNamedSample, openOffered } from './opening.ts';
import { page } from './page.ts';
import { connectPrint } from './print.ts';
import { connectSizes } from './sizes.ts';
import { useStore } from './store/store.ts';
import { connectTheme } from './theme.ts';

connectTheme(useStore);
connectSizes(useStore);
connectNotes(useStore, browserKeeper(), {
  identify: (captures) =>
    page.sharing({ ask: 'identity', captures }).then((told) => (told?.kind === 'identity' ? told.identity : null)),
  later: (work, ms) => void setTimeout(work, ms),
});
connectPrint();
// A low window, as at 200 % zoom, has room for the diagram alone.
useStore.setState({ drawer: !matchMedia('(max-height: 600px)').matches });
const bar = connectAddress(useStore, page, openNamedSample, {
  history,
  location,
  now: () => Date.now(),
  later: (work, ms) => void setTimeout(work, ms),
});
window.addEventListener('popstate', bar.follow);
window.addEventListener('pagehide', bar.flush);
bar.follow();
void openOffered();
const root = document.querySelector('#root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}

/** Late enough not to delay the first paint. */
const WARM_AFTER_MS = 300;
setTimeout(() => {
  page.warm();
  void fetchWorkspace();
}, WARM_AFTER_MS);

/** Later still: it fetches all files of the page. */
const KEEP_AFTER_MS = 1500;
const browser = keeping();
if (browser) setTimeout(() => void keepOffline(browser, useStore.getState()), KEEP_AFTER_MS);

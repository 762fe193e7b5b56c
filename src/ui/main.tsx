/** Mounts the page. The shared styles come first, so that the views' own may refine them. */
import './tokens.css';
import './theme.css';
import './frame.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.tsx';
import { page } from './page.ts';
import { useStore } from './store/store.ts';
import { connectTheme } from './theme.ts';

connectTheme(useStore);
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
setTimeout(() => page.warm(), WARM_AFTER_MS);

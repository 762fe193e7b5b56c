/** The page: header, banners, and either the start screen or the workspace. Files may come in anywhere. */
import { type ChangeEvent, useEffect, useLayoutEffect, useState } from 'react';
import { run } from './commands/commands.ts';
import { asInput, isEditable, listenForDrops, listenForPaste } from './drop.ts';
import { keepFocus } from './kept-focus.ts';
import { commandFor } from './keyboard.ts';
import { LateWorkspace } from './LateWorkspace.tsx';
import { openFiles, openText } from './opening.ts';
import { Announcer } from './parts/Announcer.tsx';
import { Banners } from './parts/Banners.tsx';
import { SkipLinks } from './parts/SkipLinks.tsx';
import { hasCapture, isListing, pageTitle } from './store/selectors.ts';
import { useStore } from './store/store.ts';
import { Header } from './views/Header.tsx';
import { Panels } from './views/Panels.tsx';
import { Start } from './views/Start.tsx';
import { SharedBanner } from './views/shared/SharedBanner.tsx';

export function App() {
  const open = useStore(hasCapture);
  const listing = useStore(isListing);
  const dropping = useIncoming();
  useShortcuts();
  useTitle();
  useEffect(() => keepFocus(useStore), []);
  return (
    <div className="app" data-open={open || listing}>
      {open && <SkipLinks />}
      <Header />
      <Banners />
      {open && <SharedBanner />}
      {open || listing ? <LateWorkspace /> : <Start />}
      <Panels />
      {dropping && (
        <div className="dropping">
          <p>
            {open
              ? 'Drop to open: captures replace what is open, keys are added. Hold Shift to add captures too.'
              : 'Drop to open.'}
          </p>
        </div>
      )}
      <input id="files" type="file" multiple hidden onChange={takeChosen} />
      <Announcer />
    </div>
  );
}

function takeChosen({ currentTarget }: ChangeEvent<HTMLInputElement>): void {
  openFiles(asInput(currentTarget.files ?? []), 'auto');
  // The same file may be chosen again after it changed on disk.
  currentTarget.value = '';
}

/** Drops, pasted files and text. True while something hangs over the window. */
function useIncoming(): boolean {
  const [over, setOver] = useState(false);
  // Before the first paint: whoever sees the page may drop at once.
  useLayoutEffect(() => {
    const to = { open: openFiles, text: openText, refuse: useStore.getState().notify, hover: setOver };
    const stops = [listenForDrops(to), listenForPaste(to)];
    return () => {
      for (const stop of stops) stop();
    };
  }, []);
  return over;
}

function useShortcuts(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const { panel, singleKeys } = useStore.getState();
      const command = commandFor(event, { typing: isEditable(event.target), singleKeys });
      if (!command) return;
      // A dialog is modal: of the shortcuts only those that close it act, and Esc comes with the element.
      if (panel !== null && command !== panel && command !== 'theme' && command !== 'forgetKeys') return;
      if (run(command)) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

function useTitle(): void {
  const title = useStore(pageTitle);
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** What is open, and the few things that can be done at any time. */
import { grouped } from '../../present/association-row.ts';
import { secretCount } from '../../present/key-rows.ts';
import { openFilesText } from '../../present/open-files.ts';
import { chooseFiles } from '../commands/files.ts';
import { closeAll } from '../opening.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { BrandMark, ThemeMark } from '../parts/icons.tsx';
import { hasCapture, isListing } from '../store/selectors.ts';
import type { Zone } from '../store/settings.ts';
import { useStore } from '../store/store.ts';
import { otherTheme } from '../theme.ts';
import { CommandLine } from './CommandLine.tsx';
import { PORTS, PortsMenu } from './Ports.tsx';
import { ViewTabs } from './ViewTabs.tsx';

export function Header() {
  const open = useStore(hasCapture);
  const listing = useStore(isListing);
  const secrets = useStore((s) => secretCount(s.trace.keys));
  const again = useStore((s) => s.shared !== null);
  const odd = useStore((s) => s.trace.keys.problems.length > 0);
  const { togglePanel, setTheme } = useStore.getState();
  return (
    <header className="top">
      <button type="button" className="brand" onClick={closeAll} aria-label="DTLScope, back to the start">
        <BrandMark />
        <span className="name">DTLScope</span>
      </button>
      {open ? (
        <OpenFiles />
      ) : listing ? (
        <ReadFile />
      ) : (
        <span className="promise muted small grow ellipsis">See what happened in a DTLS handshake, and why.</span>
      )}
      <span className="spread" />
      {open && <ViewTabs place="header" />}
      {open && <span className="promise muted small nowrap">Stays in this tab</span>}
      {open && <ZoneTabs />}
      {open && (
        <button type="button" className="tool plain" onClick={chooseFiles}>
          Open <kbd>o</kbd>
        </button>
      )}
      {open && <PortsButton />}
      {(open || secrets > 0 || odd) && (
        <button type="button" className="tool" onClick={() => togglePanel('keys')}>
          {odd && <Glyph shape="warning" />}
          Keys <span className="muted">{grouped(secrets)}</span>
        </button>
      )}
      {open && (
        <button type="button" className="tool desk-only" onClick={() => togglePanel('export')}>
          Export
        </button>
      )}
      {open && (
        <button type="button" className="tool primary" onClick={() => togglePanel('share')}>
          {again ? 'Share on' : 'Share'}
        </button>
      )}
      {!open && <CommandLine />}
      <button
        type="button"
        className="tool plain wide-only"
        aria-label="Light or dark"
        onClick={() => setTheme(otherTheme(useStore.getState().theme))}
      >
        <ThemeMark />
      </button>
      <button
        type="button"
        className="tool plain with-keys"
        aria-label="Keyboard help"
        onClick={() => togglePanel('help')}
      >
        <kbd>?</kbd>
      </button>
    </header>
  );
}

/** Without any, the menu is reached from the facts. */
function PortsButton() {
  const ports = useStore((s) => s.ports);
  return (
    <>
      {ports.length > 0 && (
        <button type="button" className="tool plain desk-only" popoverTarget={PORTS} title="Treat a UDP port as DTLS">
          Ports <span className="strong">{ports.join(', ')}</span>
        </button>
      )}
      <PortsMenu />
    </>
  );
}

function OpenFiles() {
  const trace = useStore((s) => s.trace);
  const shared = useStore((s) => s.shared);
  const { name, more } = shared
    ? { name: shared.title || 'Shared trace', more: shared.from === 'file' ? `from ${shared.file}` : 'from a link' }
    : openFilesText(trace);
  return (
    <span className="file">
      <h1 className="ellipsis" title={trace.captures.map((capture) => capture.name).join('\n')}>
        {name}
      </h1>
      <span className="promise muted small ellipsis" title={more}>
        {more}
      </span>
    </span>
  );
}

/** The first one, while it is still read. */
function ReadFile() {
  const file = useStore((s) => s.loading?.file);
  return (
    <span className="file">
      <h1 className="ellipsis">{file}</h1>
    </span>
  );
}

const ZONE_NAMES: readonly (readonly [Zone, string])[] = [
  ['diagram', 'Diagram'],
  ['list', 'List'],
  ['inspector', 'Bytes'],
];

/** Only below 700 px, where one zone fills the page. */
function ZoneTabs() {
  const zone = useStore((s) => s.zone);
  const show = useStore((s) => s.showZone);
  return (
    <span className="zone-tabs">
      {ZONE_NAMES.map(([id, name]) => (
        <button key={id} type="button" className="tool plain" aria-pressed={zone === id} onClick={() => show(id)}>
          {name}
        </button>
      ))}
    </span>
  );
}

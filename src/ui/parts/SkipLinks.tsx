/** The first thing on the page for those who come by Tab: straight to one of its parts. */
import { PARTS, showZone } from '../zones.ts';

export function SkipLinks() {
  return (
    <nav className="skips" aria-label="Skip to">
      {PARTS.map(([part, name]) => (
        <button key={part} type="button" className="tool" onClick={() => showZone(part)}>
          Skip to {name}
        </button>
      ))}
    </nav>
  );
}

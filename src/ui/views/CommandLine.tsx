/** The same analysis in a terminal: a menu with commands to copy. */
import { useState } from 'react';
import { copyText } from '../parts/clipboard.ts';

const MENU = 'command-line';

const COMMANDS: readonly (readonly [string, string])[] = [
  ['npx dtlscope report capture.pcap --keys capture.keys', 'What happened and what went wrong'],
  ['npx dtlscope records capture.pcap', 'Every record, a line each'],
  ['npx dtlscope --help', 'Everything else'],
];

export function CommandLine() {
  return (
    <>
      <button type="button" className="tool plain" popoverTarget={MENU}>
        Command line
      </button>
      <section id={MENU} popover="auto" className="menu commands" aria-label="Command line">
        <p className="strong">The same analysis in a terminal</p>
        <dl>
          {COMMANDS.map(([command, says]) => (
            <Command key={command} command={command} says={says} />
          ))}
        </dl>
      </section>
    </>
  );
}

function Command({ command, says }: { readonly command: string; readonly says: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <div>
      <dt className="muted small">{says}</dt>
      <dd>
        <code className="mono">{command}</code>
        <button
          type="button"
          className="link small"
          aria-label={`Copy ${command}`}
          onClick={() => void copyText(command).then(setCopied)}
          onBlur={() => setCopied(false)}
        >
          <span role="status">{copied ? 'Copied' : 'Copy'}</span>
        </button>
      </dd>
    </div>
  );
}

/** The key manager: every secret with what it opened, or why it opened nothing. */
import { useMemo } from 'react';
import { keyRows, keysNote } from '../../present/key-rows.ts';
import { chooseFiles } from '../commands/files.ts';
import { page } from '../page.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';
import { AddKeys } from './keys/AddKeys.tsx';
import { KeyTable } from './keys/KeyTable.tsx';
import { LockedKeys } from './keys/LockedKeys.tsx';

export function Keys() {
  const close = useStore((s) => s.closePanel);
  const trace = useStore((s) => s.trace);
  const rows = useMemo(() => keyRows(trace), [trace]);
  return (
    <Dialog title="Keys" note={keysNote(rows, trace.keys.unlisted)} wide onClose={close}>
      {rows.length === 0 ? (
        <p className="nothing keys-none">
          Without keys the encrypted records stay closed. Drop a key log anywhere, or paste its lines below. OpenSSL and
          GnuTLS write one when the environment variable SSLKEYLOGFILE names a file. The pre-shared key opens suites
          with PSK alone, the server’s RSA key those that begin with TLS_RSA.
        </p>
      ) : (
        <KeyTable rows={rows} />
      )}
      <Failed problems={trace.keys.problems} />
      <LockedKeys />
      <AddKeys />
      <footer>
        <span className="muted small grow">
          Secrets stay in this tab’s memory. They are not stored and not sent anywhere.
        </span>
        <button type="button" className="tool" onClick={chooseFiles}>
          Open a file
        </button>
        <button type="button" className="tool" disabled={rows.length === 0} onClick={() => page.forgetKeys()}>
          Forget all keys <kbd>Ctrl Shift K</kbd>
        </button>
      </footer>
    </Dialog>
  );
}

const LISTED = 100;

/** Lines that are no secret, by file and line. */
function Failed({ problems }: { readonly problems: readonly { readonly source: string; readonly message: string }[] }) {
  if (problems.length === 0) return null;
  return (
    <section className="key-problems" aria-label="Lines that could not be read">
      <h3>Lines that could not be read</h3>
      <ul className="problems">
        {problems.slice(0, LISTED).map(({ source, message }) => (
          <li key={`${source} ${message}`}>
            <Glyph shape="warning" />
            <span>
              <span className="mono">{source}</span> {message}
            </span>
          </li>
        ))}
        {problems.length > LISTED && <li className="muted">and {problems.length - LISTED} more</li>}
      </ul>
    </section>
  );
}

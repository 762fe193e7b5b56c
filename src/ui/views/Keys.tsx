/** The key manager: every secret with what it opened, or why it opened nothing. */
import type { KeyUse } from '../../analysis/trace.ts';
import { counted } from '../../present/association-row.ts';
import { chooseFiles } from '../commands/files.ts';
import { page } from '../page.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { Glyph } from '../parts/Glyph.tsx';
import { useStore } from '../store/store.ts';
import { AddKeys } from './keys/AddKeys.tsx';
import { LockedKeys } from './keys/LockedKeys.tsx';

export function Keys() {
  const close = useStore((s) => s.closePanel);
  const { secrets, problems } = useStore((s) => s.trace.keys);
  const idle = secrets.filter((secret) => secret.records === 0);
  const used = secrets.length - idle.length;
  const note = secrets.length === 0 ? 'none yet' : `${used} of ${counted(secrets.length, 'secret')} opened something`;
  return (
    <Dialog title="Keys" note={note} wide onClose={close}>
      <div className="keys">
        {secrets.length === 0 ? (
          <p className="nothing">
            Without keys the encrypted records stay closed. Drop a key log anywhere, or paste its lines below. OpenSSL
            and GnuTLS write one when the environment variable SSLKEYLOGFILE names a file. The pre-shared key opens
            suites with PSK alone, the server’s RSA key those that begin with TLS_RSA.
          </p>
        ) : (
          // What opened nothing needs an explanation, so it comes first.
          <Table secrets={[...idle, ...secrets.filter((secret) => secret.records > 0)]} />
        )}
        {problems.length > 0 && (
          <ul className="problems">
            {problems.map(({ source, message }) => (
              <li key={`${source} ${message}`}>
                <Glyph shape="warning" />
                <span>
                  <span className="mono">{source}</span> {message}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <LockedKeys />
      <AddKeys />
      <footer>
        <span className="muted small grow">
          Secrets stay in this tab’s memory. They are not stored and not sent anywhere.
        </span>
        <button type="button" className="tool" onClick={chooseFiles}>
          Open a file
        </button>
        <button type="button" className="tool" disabled={secrets.length === 0} onClick={() => page.forgetKeys()}>
          Forget all keys
        </button>
      </footer>
    </Dialog>
  );
}

function Table({ secrets }: { readonly secrets: readonly KeyUse[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th>label</th>
          <th>client_random</th>
          <th>from</th>
          <th>opened</th>
        </tr>
      </thead>
      <tbody>
        {secrets.map((secret) => (
          <tr key={`${secret.source} ${secret.label}`}>
            <td className="mono">{secret.label}</td>
            <td className="mono">{secret.clientRandom.slice(0, 8) || '—'}</td>
            <td>{secret.source}</td>
            <td>
              <Opened secret={secret} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Opened({ secret: { records, associations, reason } }: { readonly secret: KeyUse }) {
  if (records === 0) {
    return (
      <span className="status">
        <Glyph shape="note" />
        {reason ?? 'Nothing.'}
      </span>
    );
  }
  return (
    <span className="status">
      <Glyph shape="ok" />
      <span>
        {counted(records, 'record')} of{' '}
        {associations.slice(0, 8).map((id, i) => (
          <span key={id}>
            {i > 0 && ', '}
            <button type="button" className="link" onClick={() => page.selectAssociation(id)}>
              {id}
            </button>
          </span>
        ))}
        {associations.length > 8 && ` and ${associations.length - 8} more`}
      </span>
    </span>
  );
}

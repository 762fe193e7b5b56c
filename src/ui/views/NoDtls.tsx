/** A capture without DTLS: what it holds instead, and what to do. */
import { noDtlsText } from '../../present/no-dtls.ts';
import { chooseFiles } from '../commands/files.ts';
import { useStore } from '../store/store.ts';
import { PortForm } from './Ports.tsx';

export function NoDtls() {
  const trace = useStore((s) => s.trace);
  return (
    <div className="empty">
      <h2>No DTLS here</h2>
      <p>{noDtlsText(trace)}</p>
      <p className="muted">
        Capture on the interface that the peers use, from before the handshake, and without a port filter that leaves it
        out. If you know that one of the ports carries DTLS, say so:
      </p>
      <PortForm />
      <button type="button" className="tool primary" onClick={chooseFiles}>
        Open another file <kbd>o</kbd>
      </button>
    </div>
  );
}

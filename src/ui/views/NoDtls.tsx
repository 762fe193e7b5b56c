/** A capture without DTLS: what it holds instead, and what to do. */
import { counted } from '../../present/association-row.ts';
import { chooseFiles } from '../commands/files.ts';
import { useStore } from '../store/store.ts';
import { PortForm } from './Ports.tsx';

export function NoDtls() {
  const captures = useStore((s) => s.trace.captures);
  const sum = (of: 'packets' | 'udpDatagrams') => captures.reduce((total, capture) => total + capture[of], 0);
  return (
    <div className="empty">
      <h2>No DTLS here</h2>
      <p>{`${counted(sum('packets'), 'packet')}, ${counted(sum('udpDatagrams'), 'UDP datagram')}, and none of them is a DTLS record.`}</p>
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

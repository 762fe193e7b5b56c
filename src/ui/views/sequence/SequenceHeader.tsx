/** The row over the diagram that stays: whose lifelines these are, what the columns are, and how time is drawn. */
import type { Association } from '../../../analysis/trace.ts';
import { endpointText } from '../../../present/association-row.ts';
import type { Columns } from '../../../present/sequence-columns.ts';

interface Props {
  readonly association: Association;
  readonly columns: Columns;
  readonly scale: 'folded' | 'linear';
  readonly onScale: (scale: 'folded' | 'linear') => void;
}

export function SequenceHeader({ association, columns, scale, onScale }: Props) {
  const { client, server, rolesKnown } = association;
  const { packetEdge, timeEdge, bytesEdge, clientX, serverX } = columns;
  const narrow = packetEdge === null;
  const middle = (clientX + serverX) / 2;
  return (
    <div className="sequence-header">
      {packetEdge !== null && <Caption edge={packetEdge} text="packet" title="Number of the packet in its file" />}
      {timeEdge !== null && <Caption edge={timeEdge} text="ms" title="Since the first record of this association" />}
      <span
        className="sequence-head"
        data-narrow={narrow || undefined}
        style={{ left: clientX }}
        title={endpointText(client)}
      >
        <svg className="sequence-emblem" width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
          <circle className="role-client" cx="4.5" cy="4.5" r="4.5" />
        </svg>
        <b>{rolesKnown ? 'Client' : 'A'}</b>
        {client.port > 0 && <span className="sequence-port">:{client.port}</span>}
      </span>
      <fieldset className="sequence-switch" style={{ left: middle }} aria-label="Time">
        <Choice label="silences folded" pressed={scale === 'folded'} onPress={() => onScale('folded')} />
        <Choice label="to scale" pressed={scale === 'linear'} onPress={() => onScale('linear')} />
      </fieldset>
      <span
        className="sequence-head sequence-head-server"
        data-narrow={narrow || undefined}
        style={{ left: serverX }}
        title={endpointText(server)}
      >
        <svg className="sequence-emblem" width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
          <rect className="role-server" width="9" height="9" />
        </svg>
        <b>{rolesKnown ? 'Server' : 'B'}</b>
        {server.port > 0 && <span className="sequence-port">:{server.port}</span>}
      </span>
      {bytesEdge !== null && <Caption edge={bytesEdge} text="bytes" title="Of the records, with their headers" />}
    </div>
  );
}

function Caption({ edge, text, title }: { readonly edge: number; readonly text: string; readonly title: string }) {
  return (
    <span className="sequence-caption" style={{ left: edge }} title={title}>
      {text}
    </span>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Choice({ label, pressed, onPress }: ChoiceProps) {
  return (
    <button type="button" aria-pressed={pressed} onClick={onPress}>
      {label}
    </button>
  );
}

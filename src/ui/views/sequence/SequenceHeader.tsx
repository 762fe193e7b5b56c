/** The row over the diagram that stays: whose lifelines these are, where was captured, what the columns are. */
import type { AssociationDetail, Endpoint, Sender } from '../../../analysis/trace.ts';
import { endpointText } from '../../../present/association-row.ts';
import { captureFlag } from '../../../present/capture-flag.ts';
import { endpointNames, type SeenTwice } from '../../../present/capture-points.ts';
import type { Columns } from '../../../present/sequence-columns.ts';
import { chooseScale } from '../../commands/diagram.ts';
import { useStore } from '../../store/store.ts';
import { CaptureFlag, PointFlags } from './Flags.tsx';
import { measureText } from './measure.ts';

/** A name and half of the switch. */
const NAME_PX = 90;

interface Props {
  readonly detail: AssociationDetail;
  readonly twice: SeenTwice | null;
  readonly columns: Columns;
}

export function SequenceHeader({ detail, twice, columns }: Props) {
  const scale = useStore((s) => s.scale);
  const { association, vantage } = detail;
  const { packetEdge, timeEdge, bytesEdge, clientX, serverX } = columns;
  const names = endpointNames(association, twice !== null);
  const narrow = packetEdge === null;
  const flag = twice ? null : captureFlag(vantage, columns, measureText);
  return (
    <div className="sequence-header" data-narrow={narrow || undefined} data-points={twice !== null || undefined}>
      {packetEdge !== null && (
        <Caption
          edge={packetEdge}
          text="packet"
          title={
            twice
              ? 'The capture point nearer to the sender, and the number in its file'
              : 'Number of the packet in its file'
          }
        />
      )}
      {timeEdge !== null && <Caption edge={timeEdge} text="ms" title="Since the first record of this association" />}
      <Head
        sender="client"
        x={clientX}
        name={names.client}
        endpoint={association.client}
        port={flag?.side !== 'client' || flag.besidePort}
      />
      <fieldset
        className="sequence-switch"
        style={{ left: narrow ? besideName(flag?.side ?? 'client', columns) : (clientX + serverX) / 2 }}
        aria-label="Time"
      >
        {!narrow && (
          <Choice
            label="folded"
            title="Silences are folded to a break with their length"
            pressed={scale === 'folded'}
            onPress={() => chooseScale('folded')}
          />
        )}
        <Choice
          label="to scale"
          title="Silences are as long as they were"
          pressed={scale === 'linear'}
          onPress={() => chooseScale(narrow && scale === 'linear' ? 'folded' : 'linear')}
        />
      </fieldset>
      <Head
        sender="server"
        x={serverX}
        name={names.server}
        endpoint={association.server}
        port={flag?.side !== 'server' || flag.besidePort}
      />
      {twice && <PointFlags twice={twice} columns={columns} />}
      {flag && <CaptureFlag vantage={vantage} flag={flag} />}
      {bytesEdge !== null && (
        <Caption
          edge={bytesEdge}
          text={twice ? 'delay' : 'bytes'}
          title={twice ? 'From one capture point to the other, in ms' : 'Of the records, with their headers'}
        />
      )}
    </div>
  );
}

/** The middle of the switch in the narrow layout: beside the name that the flag is not at. */
function besideName(flagged: Sender, { clientX, serverX }: Columns): number {
  return flagged === 'client' ? serverX - NAME_PX : clientX + NAME_PX;
}

interface HeadProps {
  readonly sender: Sender;
  readonly x: number;
  readonly name: string;
  readonly endpoint: Endpoint;
  /** There is room for it. */
  readonly port: boolean;
}

function Head({ sender, x, name, endpoint, port }: HeadProps) {
  return (
    <span className={`sequence-head sequence-head-${sender}`} style={{ left: x }} title={endpointText(endpoint)}>
      <svg className="sequence-emblem" width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
        {sender === 'client' ? (
          <circle className="role-client" cx="4.5" cy="4.5" r="4.5" />
        ) : (
          <rect className="role-server" width="9" height="9" />
        )}
      </svg>
      <b>{name}</b>
      {port && endpoint.port > 0 && <span className="sequence-port">:{endpoint.port}</span>}
    </span>
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
  readonly title: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

function Choice({ label, title, pressed, onPress }: ChoiceProps) {
  return (
    <button type="button" title={title} aria-pressed={pressed} onClick={onPress}>
      {label}
    </button>
  );
}

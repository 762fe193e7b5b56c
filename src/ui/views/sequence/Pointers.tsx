/** What an ACK names: a frame around each record, and a curve from the ACK to its row. */
import type { Pointed } from '../../../present/sequence-acks.ts';

export function Pointers({ pointed }: { readonly pointed: readonly Pointed[] }) {
  return (
    <g className="sequence-pointers">
      {pointed.map(({ key, frames, curve: { x, y1, y2, lean } }) => (
        <g key={key}>
          <path className="sequence-pointer" d={`M${x} ${y1}C${x + lean} ${y1} ${x + lean} ${y2} ${x} ${y2}`} />
          {frames.map((frame) => (
            <rect key={frame.x} className="sequence-pointed" {...frame} rx={2} />
          ))}
        </g>
      ))}
    </g>
  );
}

/** Up to here the reader has come: a line under the selected row, with a head at each edge. */
export function Playhead({ y, width }: { readonly y: number; readonly width: number }) {
  return (
    <g className="sequence-playhead">
      <path className="sequence-playhead-line" d={`M0 ${y}H${width}`} />
      <path d={`M${width} ${y - 5}l-7 5 7 5z`} />
      <path d={`M0 ${y - 5}l7 5 -7 5z`} />
    </g>
  );
}

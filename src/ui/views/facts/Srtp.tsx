/** SRTP master keys of a DTLS-SRTP association: derived when asked for, to be copied into a tool that opens the media. */
import type { Association } from '../../../analysis/trace.ts';
import { page } from '../../page.ts';
import { useStore } from '../../store/store.ts';
import { Copyable, Fact } from './Fact.tsx';

export function Srtp({ association: { id, srtpProfile } }: { readonly association: Association }) {
  const keys = useStore((s) => s.srtp);
  if (srtpProfile === null) return null;
  if (keys === null) {
    return (
      <Fact name="SRTP keys">
        <button type="button" className="link" onClick={() => page.deriveSrtpKeys(id)}>
          derive and show
        </button>
      </Fact>
    );
  }
  if (typeof keys === 'string') return <Fact name="SRTP keys">{keys}</Fact>;
  return (['client', 'server'] as const).map((side) => (
    <Fact key={side} name={`SRTP ${side}`}>
      <Copyable text={keys[side].key} what={`SRTP master key of the ${side}`} />
      <Copyable text={keys[side].salt} what={`SRTP master salt of the ${side}`} />
    </Fact>
  ));
}

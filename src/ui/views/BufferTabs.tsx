/** Which bytes of the record are shown: as captured, as plaintext, or as one of its reassembled messages. */
import type { KeyboardEvent } from 'react';
import type { DetailBuffer } from '../../analysis/trace.ts';
import type { BufferId } from '../../wire/reader.ts';
import { useStore } from '../store/store.ts';

interface Props {
  readonly shown: BufferId;
  readonly buffers: readonly DetailBuffer[];
  /** At the right: where the selection lies, or what the bytes are. */
  readonly says: string;
}

export function BufferTabs({ shown, buffers, says }: Props) {
  const show = useStore((s) => s.showBuffer);
  const tabs = tabsOf(buffers);
  const press = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const at = tabs.findIndex(([id]) => id === shown);
    const next = by === 0 ? undefined : tabs[(at + by + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    show(next[0]);
    document.querySelector<HTMLElement>(`#tab-${next[0]}`)?.focus();
  };
  return (
    <div className="bar">
      <div className="tabs" role="tablist" aria-label="Bytes" onKeyDown={press}>
        {tabs.map(([id, name]) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === shown}
            tabIndex={id === shown ? 0 : -1}
            data-absent={!buffers.some((buffer) => buffer.id === id)}
            onClick={() => show(id)}
          >
            {name}
          </button>
        ))}
      </div>
      <span className="grow" />
      <span className="label ellipsis">{says}</span>
    </div>
  );
}

/** Three tabs always; a record that carries several messages has one for each. */
function tabsOf(buffers: readonly DetailBuffer[]): readonly (readonly [BufferId, string])[] {
  const further = buffers.filter(({ id }) => !['packet', 'plaintext', 'message'].includes(id));
  return [
    ['packet', 'Capture'],
    ['plaintext', 'Record plaintext'],
    ['message', further.length > 0 ? 'Message 1' : 'Message'],
    ...further.map(({ id }, i) => [id, `${i + 2}`] as const),
  ];
}

/** What is special about a record, as a shape: the ones of the diagram, small. */
import type { MarkName } from '../../../present/packet-table.ts';

export function MarkSign({ mark }: { readonly mark: MarkName }) {
  return (
    <svg className={`mark-sign ${ROLES[mark]}`} width="11" height="11" viewBox="0 0 11 11" aria-hidden="true">
      <Drawing mark={mark} />
    </svg>
  );
}

const ROLES: Readonly<Record<MarkName, string>> = {
  lost: 'lo',
  'lost-proven': 'lo',
  retransmission: 're',
  duplicate: 're',
  replay: 'fa',
  reordered: 're',
  undecryptable: 'un',
  malformed: 'fa',
};

function Drawing({ mark }: { readonly mark: MarkName }) {
  switch (mark) {
    case 'lost':
    case 'lost-proven':
      return <path className="stroke" d="M2 2l7 7M9 2l-7 7" strokeDasharray={mark === 'lost' ? '2 1.4' : undefined} />;
    case 'retransmission':
      return <path className="stroke" d="M1 4h9M1 7.4h9" />;
    case 'duplicate':
    case 'replay':
      return <path className="stroke" d="M1 2.4h9M1 5.5h9M1 8.6h9" />;
    case 'reordered':
      return <path className="stroke" d="M1 2.5l9 6M1 8.5l9 -6" />;
    case 'undecryptable':
      return (
        <>
          <rect className="fill" x="2" y="5" width="7" height="5" />
          <path className="stroke" d="M3.6 5V3.4a1.9 1.9 0 0 1 3.8 0V5" />
        </>
      );
    case 'malformed':
      return <path className="stroke" d="M5.5 1v5.6M5.5 8.2v1.8" />;
  }
}

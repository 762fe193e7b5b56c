/** What went wrong: the headline open, the rest a line each; every evidence leads to its record. */
import { useId, useState } from 'react';
import type { FindingView } from '../../analysis/finding.ts';
import type { Association } from '../../analysis/trace.ts';
import { certaintyWord, type FindingCard, findingCards, NOTHING_WRONG } from '../../present/finding-cards.ts';
import { findingMarkdown } from '../../present/finding-markdown.ts';
import { page } from '../page.ts';
import { copyText } from '../parts/clipboard.ts';
import { Glyph } from '../parts/Glyph.tsx';
import { Sign } from '../parts/Sign.tsx';
import { useStore } from '../store/store.ts';
import './findings.css';

interface Props {
  readonly association: Association;
  /** Those that concern no single association. */
  readonly general: readonly FindingView[];
}

export function Findings({ association, general }: Props) {
  const cards = findingCards(association, general);
  if (cards.length === 0) return <NothingWrong />;
  // A new association opens its own headline.
  return <Cards key={association.id} cards={cards} />;
}

function Cards({ cards }: { readonly cards: readonly FindingCard[] }) {
  const open = useStore((s) => s.finding) ?? cards[0]?.key ?? null;
  const show = useStore((s) => s.showFinding);
  return (
    <ul className="findings">
      {cards.map((card) => (
        <li key={card.key} data-open={card.key === open}>
          <Head card={card} open={card.key === open} onToggle={() => show(card.key === open ? '' : card.key)} />
          {card.key === open && <Body finding={card.finding} />}
        </li>
      ))}
    </ul>
  );
}

interface HeadProps {
  readonly card: FindingCard;
  readonly open: boolean;
  readonly onToggle: () => void;
}

function Head({ card: { finding, shape, severity, packets }, open, onToggle }: HeadProps) {
  return (
    <h3>
      <button type="button" className="finding-head" aria-expanded={open} onClick={onToggle}>
        <Glyph shape={shape} />
        <span className="unseen">{severity}: </span>
        <span className="finding-title">{finding.title}</span>
        {!open && <span className="finding-packets">{packets}</span>}
      </button>
    </h3>
  );
}

function Body({ finding }: { readonly finding: FindingView }) {
  const selected = useStore((s) => s.record);
  const heading = useId();
  return (
    <div className="finding-body">
      <p className="certainty" id={heading}>
        <Sign certainty={finding.certainty} /> {certaintyWord(finding.certainty)}
      </p>
      <ul className="evidence" aria-labelledby={heading}>
        {finding.evidence.map(({ packet, record, says }) => (
          <li key={`${record} ${packet} ${says}`} data-here={record !== null && record === selected}>
            {record === null ? (
              <span className="mono muted">{packet ?? '—'}</span>
            ) : (
              <button
                type="button"
                className="link mono"
                title={`Packet ${packet}, record ${record}`}
                onClick={() => page.selectRecord(record)}
              >
                {packet}
              </button>
            )}
            <span>{says}</span>
          </li>
        ))}
      </ul>
      <dl className="reasons">
        <dt>Why</dt>
        <dd>{finding.explanation}</dd>
        <dt>Try</dt>
        <dd>{finding.advice}</dd>
        <dt>Or</dt>
        <dd>
          <ul className="others">
            {finding.alternatives.map((other) => (
              <li key={other}>{other}</li>
            ))}
          </ul>
        </dd>
      </dl>
      <p className="finding-foot">
        <span className="mono muted">{finding.rule}</span>
        <span className="muted">{finding.citations.join(', ')}</span>
        <CopyFinding finding={finding} />
      </p>
    </div>
  );
}

function CopyFinding({ finding }: { readonly finding: FindingView }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => setCopied(await copyText(findingMarkdown(finding).join('\n')));
  return (
    <button
      type="button"
      className="link"
      title="Copy this finding as Markdown"
      onClick={() => void copy()}
      onBlur={() => setCopied(false)}
    >
      <span role="status">{copied ? 'Copied' : 'Copy'}</span>
    </button>
  );
}

function NothingWrong() {
  return (
    <div className="nothing-wrong">
      <p className="strong">
        <Glyph shape="ok" /> Nothing wrong found
      </p>
      <p className="muted">{NOTHING_WRONG}</p>
    </div>
  );
}

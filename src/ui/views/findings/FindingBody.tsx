/** An open card: evidence under signs of certainty, then why, what to try, and what else it could be. */
import { useMemo, useState } from 'react';
import type { FindingView } from '../../../analysis/finding.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import type { SeenTwice } from '../../../present/capture-points.ts';
import { evidenceGroups } from '../../../present/evidence-rows.ts';
import { findingMarkdown } from '../../../present/finding-markdown.ts';
import { copyText } from '../../parts/clipboard.ts';
import { RfcLink } from '../../parts/RfcLink.tsx';
import { Judge } from '../notes/Judge.tsx';
import { EvidenceList } from './EvidenceList.tsx';

interface Props {
  readonly finding: FindingView;
  readonly cause: FindingView | null;
  readonly detail: AssociationDetail | null;
  readonly twice: SeenTwice | null;
}

export function FindingBody({ finding, cause, detail, twice }: Props) {
  const groups = useMemo(() => evidenceGroups(finding, detail, twice), [finding, detail, twice]);
  return (
    <div className="finding-body">
      {groups.map((group) => (
        <EvidenceList key={group.sureness} group={group} />
      ))}
      <dl className="reasons">
        <dt>Why</dt>
        <dd>
          {finding.explanation}
          <span className="citations">
            {finding.citations.map((citation) => (
              <RfcLink key={citation} citation={citation} />
            ))}
          </span>
        </dd>
        {cause && (
          <>
            <dt>After</dt>
            <dd>Follows from: {cause.title}.</dd>
          </>
        )}
        <dt>Try</dt>
        <dd>{finding.advice}</dd>
        {finding.alternatives.length > 0 && (
          <>
            <dt>Or</dt>
            <dd>
              <ul className="others">
                {finding.alternatives.map((other) => (
                  <li key={other}>{other}</li>
                ))}
              </ul>
            </dd>
          </>
        )}
      </dl>
      {detail && <Judge finding={finding} detail={detail} />}
      <p className="finding-foot">
        <span className="mono muted">{finding.rule}</span>
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

/** The dialog behind Ctrl+Shift+S: what leaves, what whoever gets it will see, and the link itself. */
import { type FormEvent, useMemo, useState } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { byteCount } from '../../../present/association-row.ts';
import { LONGEST_LINK } from '../../../share/limits.ts';
import { trims } from '../../../share/trim.ts';
import { page } from '../../page.ts';
import { copyText } from '../../parts/clipboard.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { pageAddress, requestOf, saveTrace, shareMarkdown, wholeLink } from '../../sharing.ts';
import { notesToShare } from '../../store/notes.ts';
import { useStore } from '../../store/store.ts';
import { ChoiceRows } from './ChoiceRows.tsx';
import { FromDisk } from './FromDisk.tsx';
import { choicesOf, type Form, formOf, initialForm, otherForms } from './form.ts';
import { LengthMeter } from './LengthMeter.tsx';
import { Recipient } from './Recipient.tsx';
import { TooLong } from './TooLong.tsx';
import { useServer } from './use-server.ts';
import { useShared } from './use-share.ts';
import { visibleRange } from './visible-range.ts';
import './share.css';

export default function Share() {
  const close = useStore((s) => s.closePanel);
  const detail = useStore((s) => s.detail);
  return (
    <Dialog
      title="Share this trace"
      note="A link carries the data itself. No server has it, so nobody can take it back."
      wide
      onClose={close}
    >
      {detail ? <Sharing detail={detail} /> : <p className="export-none">There is no association to share yet.</p>}
    </Dialog>
  );
}

/** More records than this are measured only when they are chosen. */
const MOST_MEASURED = 20_000;

function Sharing({ detail }: { readonly detail: AssociationDetail }) {
  const { trace, shared, foreign } = useStore.getState();
  const state = useStore();
  const [form, setForm] = useState<Form>(() =>
    initialForm(detail, shared, visibleRange(detail), trace.associations.length),
  );
  const [said, setSaid] = useState('');
  const [stored, setStored] = useState<{ readonly link: string; readonly token: string } | null>(null);
  const server = useServer();
  const around = useMemo(
    () => ({
      association: detail.association.id,
      mine: notesToShare(useStore.getState()),
      theirs: foreign.flatMap(({ notes }) => notes),
    }),
    [detail, foreign],
  );
  const choices = useMemo(() => choicesOf(form, around), [form, around]);
  const offered = useMemo(() => trims(choices, detail, trace.associations.length), [choices, detail, trace]);
  const others = useMemo(() => {
    const records = trace.associations.reduce((sum, a) => sum + a.records.total, 0);
    const has = {
      all: trace.associations.length > 1 && records <= MOST_MEASURED,
      notes: around.mine.length + around.theirs.length > 0,
    };
    return [
      ...offered.map((trim) => ({ id: `Trim ${trim.id}`, choices: trim.choices })),
      ...otherForms(form, has).map(({ id, form: other }) => ({ id, choices: choicesOf(other, around) })),
    ];
  }, [form, around, trace, offered]);
  const { preview, current, sizes, failure } = useShared(choices, around.association, others);

  const unconfirmed = form.keys === 'secrets' && !form.agreed;
  const link = preview?.link && !unconfirmed ? wholeLink(preview.link, preview.numbers, state) : null;
  const ready = current && link !== null;
  const change = (more: Partial<Form>) => {
    setForm((now) => ({ ...now, ...more }));
    setSaid('');
    setStored(null);
  };

  const copy = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || !preview?.link) {
      setSaid(whyNot(unconfirmed, preview !== null && preview.link === null, current));
      return;
    }
    if (!(await copyText(link))) return;
    state.keepLink({ head: preview.link, numbers: preview.numbers });
    setSaid('The link is copied, and the address bar keeps it.');
  };
  const markdown = async () => {
    if (!preview || !current) return;
    if (await copyText(shareMarkdown(form.title, preview, link))) setSaid('Findings and link are copied as Markdown.');
  };
  const save = async () => {
    if (unconfirmed) setSaid(whyNot(true, false, true));
    else setSaid(await saveTrace(choices));
  };
  const viewOnly = async () => {
    const answer = await page.sharing({ ask: 'digest' });
    if (answer?.kind !== 'digest' || answer.digest === null) {
      setSaid('There is no capture to name: what is open was itself shared.');
      return;
    }
    const named = wholeLink(`1r.${answer.digest}`, null, useStore.getState());
    if (await copyText(named))
      setSaid('Copied a link to this place. It holds nothing of the capture: whoever opens it needs the same file.');
  };
  const store = async () => {
    if (unconfirmed) return setSaid(whyNot(true, false, true));
    setSaid('Being encrypted and stored …');
    const answer = await page.sharing({ ask: 'store', request: requestOf(choices), base: pageAddress() });
    if (answer?.kind !== 'stored') {
      setSaid(answer?.kind === 'failed' ? answer.message : 'Nothing was stored.');
      return;
    }
    const whole = wholeLink(answer.link, preview?.numbers ?? null, useStore.getState());
    setStored({ link: whole, token: answer.deleteToken });
    state.keepLink({ head: answer.link, numbers: preview?.numbers ?? null });
    const copied = await copyText(whole);
    setSaid(`Stored until ${answer.expires.toISOString().slice(0, 10)}.${copied ? ' The link is copied.' : ''}`);
  };

  return (
    <form className="share" onSubmit={(event) => void copy(event)}>
      <div className="share-halves">
        <ChoiceRows
          form={form}
          around={around}
          trace={trace}
          shared={shared}
          preview={preview}
          sizes={sizes}
          onChange={change}
        />
        <section className="share-preview" aria-label="What a recipient sees" aria-busy={!current}>
          {failure !== null && <p className="share-failure">{failure}</p>}
          {preview && (
            <>
              <Recipient
                title={form.title}
                notes={choices.notes.length}
                secret={choices.keys !== 'none'}
                preview={preview}
              />
              <LengthMeter characters={link?.length ?? pageAddress().length + 1 + preview.characters} />
              {preview.link === null && (
                <TooLong
                  trims={offered}
                  sizes={sizes}
                  bytes={preview.bytes}
                  onTrim={(trimmed) => change(formOf(form, trimmed))}
                />
              )}
              {/* Never that of other choices than those one sees. */}
              {link !== null && !current && <p className="share-link">being made …</p>}
              {link !== null && current && (
                <>
                  <LinkLine name="The link" link={link} />
                  <FromDisk link={link} onCopied={setSaid} />
                </>
              )}
            </>
          )}
          {stored && (
            <>
              <LinkLine name="The link to the stored trace" link={stored.link} />
              <p className="small share-token">
                To delete it before it expires, keep this: <code>{stored.token}</code>
              </p>
            </>
          )}
          <div className="share-more">
            {!shared && (
              <button type="button" className="link" onClick={() => void viewOnly()}>
                Copy a link for those who have the capture
              </button>
            )}
            {server && (
              <p className="small">
                <button type="button" className="tool" onClick={() => void store()}>
                  Store on this server
                </button>{' '}
                <span className="muted">
                  Encrypted here; the server sees how large it is, when, and from which address. Up to{' '}
                  {byteCount(server.maxBytes)}, kept {server.expiryDays} days.
                </span>
              </p>
            )}
          </div>
        </section>
      </div>
      <footer>
        <p className="small muted grow" role="status">
          {said ||
            (unconfirmed && whyNot(true, false, true)) ||
            'Reloading keeps the link; it can be shared on from the address bar.'}
        </p>
        <button type="button" className="tool" onClick={() => void markdown()}>
          Copy Markdown
        </button>
        <button type="button" className="tool" onClick={() => void save()}>
          Save .dtlstrace
        </button>
        <button type="submit" className="tool primary" aria-disabled={!ready} ref={focusFirst}>
          Copy link <kbd>Enter</kbd>
        </button>
      </footer>
    </form>
  );
}

/** What Enter does when the dialog opens. React's own `autoFocus` comes before the dialog is shown. */
function focusFirst(button: HTMLButtonElement | null): void {
  button?.setAttribute('autofocus', '');
}

function LinkLine({ name, link }: { readonly name: string; readonly link: string }) {
  return (
    <input
      className="share-link"
      type="text"
      readOnly
      aria-label={name}
      value={link}
      onFocus={(e) => e.currentTarget.select()}
    />
  );
}

function whyNot(unconfirmed: boolean, tooLong: boolean, current: boolean): string {
  if (unconfirmed) return 'Confirm first that anyone with the link may decrypt this.';
  if (tooLong)
    return `It is longer than the ${LONGEST_LINK} characters that browsers take. Leave something out, or save a file.`;
  return current ? 'There is nothing to copy.' : 'The link is still being made. Press once more.';
}

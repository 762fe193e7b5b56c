/** The dialog behind Ctrl+S: everything that can be taken away, with what it holds and who could read it. */
import { useEffect, useMemo, useState } from 'react';
import { version } from '../../../../package.json';
import type { ListedTrace } from '../../../analysis/listed-association.ts';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { byteCount, counted } from '../../../present/association-row.ts';
import { type ExportItem, exportGroups, exportName, pngScale } from '../../../present/export-items.ts';
import type { ThemeName } from '../../../present/palette.ts';
import { type Drawing, sequenceSvg } from '../../../present/sequence-svg.ts';
import { page } from '../../page.ts';
import { copyText } from '../../parts/clipboard.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { packetNotes } from '../../store/note-selectors.ts';
import { useStore } from '../../store/store.ts';
import { isDark } from '../../theme.ts';
import { Choice } from './Choice.tsx';
import { Item } from './Item.tsx';
import { paintPng } from './paint.ts';
import { saveFile } from './save.ts';
import './export.css';

const GENERATOR = `dtlscope ${version}`;

export default function Export() {
  const close = useStore((s) => s.closePanel);
  const detail = useStore((s) => s.detail);
  const trace = useStore((s) => s.trace);
  return (
    <Dialog title="Export" note="Files are made in this tab and go nowhere else" wide onClose={close}>
      {detail ? (
        <Choices trace={trace} detail={detail} />
      ) : (
        <p className="export-none">There is no association to export yet.</p>
      )}
    </Dialog>
  );
}

interface Props {
  readonly trace: ListedTrace;
  readonly detail: AssociationDetail;
}

type Scope = 'one' | 'all';

function Choices({ trace, detail }: Props) {
  const several = trace.associations.length > 1;
  const [scope, setScope] = useState<Scope>('one');
  const [theme, setTheme] = useState<ThemeName>(() => (isDark() ? 'dark' : 'light'));
  const [data, setData] = useState(false);
  const [noted, setNoted] = useState(false);
  const notes = useStore((s) => s.notes.length);
  const [busy, setBusy] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const draw = () => sequenceSvg({ trace, detail, theme });
  // The diagram of a long trace takes a moment: the dialog is there before it.
  const shown = useShown();
  const drawing = useMemo(() => (shown ? sequenceSvg({ trace, detail, theme }) : null), [shown, trace, detail, theme]);
  const alone = scope === 'one';
  const { id } = detail.association;
  const scale = drawing ? pngScale(drawing) : 2;
  const groups = useMemo(
    () =>
      exportGroups({
        trace,
        detail,
        alone,
        picture: drawing && { width: drawing.width, height: drawing.height, bytes: new Blob([drawing.svg]).size },
        pngScale: scale,
      }),
    [trace, detail, alone, drawing, scale],
  );

  const make = async (item: ExportItem): Promise<readonly Made[] | string> => {
    if (item.id === 'svg' || item.id === 'png') return pictureOf(item.id, drawing ?? draw());
    const association = alone ? id : null;
    const comments = noted ? packetNotes(useStore.getState()) : [];
    return page.write({ what: item.id, association, data, notes: comments, generator: GENERATOR });
  };
  const take = async (item: ExportItem, use: (files: readonly Made[]) => Promise<string> | string) => {
    setBusy(item.id);
    setSaid(`${item.name}: being made …`);
    const made = await make(item);
    setSaid(typeof made === 'string' ? made : await use(made));
    setBusy(null);
  };
  const save = (item: ExportItem) =>
    take(item, (files) => {
      const association = alone || item.id === 'svg' || item.id === 'png' ? id : null;
      const names = files.map(({ blob, point }) => {
        const name = exportName(trace, { id: item.id, ending: item.ending, association, point });
        saveFile(name, blob);
        return `${name}, ${byteCount(blob.size)}`;
      });
      return `Saved ${names.join(' and ')}.`;
    });
  const copy = (item: ExportItem) =>
    take(item, async ([file]) =>
      file && (await copyText(await file.blob.text())) ? `${item.name}: copied.` : 'Nothing was copied.',
    );

  return (
    <>
      <div className="export-settings">
        {several && (
          <Choice
            label="Of"
            value={scope}
            of={[
              ['one', `association ${id}`],
              ['all', `all ${trace.associations.length} associations`],
            ]}
            onChoose={setScope}
          />
        )}
        <Choice
          label="Diagram"
          value={theme}
          of={[
            ['light', 'light'],
            ['dark', 'dark'],
          ]}
          onChoose={setTheme}
        />
      </div>
      <div className="export-groups">
        {groups.map(({ title, items }) => (
          <section key={title} aria-label={title}>
            <h3>{title}</h3>
            {items.map((item) => (
              <Item
                key={item.id}
                item={item}
                busy={busy !== null}
                onSave={() => void save(item)}
                {...(item.id === 'markdown' || item.id === 'svg' ? { onCopy: () => void copy(item) } : {})}
              >
                {(item.id === 'packets' || item.id === 'packetsWithKeys') && notes > 0 && (
                  <label>
                    <input type="checkbox" checked={noted} onChange={(e) => setNoted(e.currentTarget.checked)} />
                    with your {counted(notes, 'note')} as packet comments
                  </label>
                )}
                {item.id === 'json' && (
                  <label>
                    <input type="checkbox" checked={data} onChange={(e) => setData(e.currentTarget.checked)} />
                    with decrypted application data
                  </label>
                )}
              </Item>
            ))}
          </section>
        ))}
      </div>
      <footer>
        <p className="small grow" role="status">
          {said}
        </p>
      </footer>
    </>
  );
}

interface Made {
  readonly blob: Blob;
  readonly point: string | null;
}

async function pictureOf(id: 'svg' | 'png', drawing: Drawing): Promise<readonly Made[] | string> {
  if (id === 'svg') return [{ blob: new Blob([drawing.svg], { type: 'image/svg+xml' }), point: null }];
  const scale = pngScale(drawing);
  const blob = scale === null ? null : await paintPng(drawing, scale);
  return blob ? [{ blob, point: null }] : 'The browser could not paint the picture. Take the SVG.';
}

/** True once the dialog has been painted. */
function useShown(): boolean {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const later = setTimeout(() => setShown(true), 0);
    return () => clearTimeout(later);
  }, []);
  return shown;
}

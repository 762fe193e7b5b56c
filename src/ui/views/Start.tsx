/** The start screen: where to drop, what happens to what is dropped, and samples to begin with. */
import { counted } from '../../present/association-row.ts';
import { placeInWords } from '../../present/view-address.ts';
import { chooseFiles } from '../commands/files.ts';
import { ONE_FILE } from '../offline.ts';
import { openClipboard, openSample } from '../opening.ts';
import { LockMark } from '../parts/icons.tsx';
import { MiniDiagram } from '../parts/MiniDiagram.tsx';
import { SAMPLES, type Sample } from '../samples.ts';
import { waitingSecrets } from '../store/selectors.ts';
import { useStore } from '../store/store.ts';
import { StartFigure } from './StartFigure.tsx';
import './start.css';

export function Start() {
  return (
    <main className="start" tabIndex={-1}>
      <section className="drop" aria-label="Open a capture">
        <div>
          <h1>Drop a capture anywhere in this window</h1>
          <p>
            pcap, pcapng, a shared .dtlstrace, or text: hex dumps and the logs of stacks. With it its key log or private
            key, if you have one. Several files at once are told apart by what is in them.
          </p>
          <div className="actions">
            <button type="button" className="tool primary" onClick={chooseFiles}>
              Open files <kbd>o</kbd>
            </button>
            <button type="button" className="tool" onClick={() => void openClipboard()}>
              Paste <kbd>Ctrl V</kbd>
            </button>
          </div>
          <Waiting />
          <Wanted />
          <Needed />
        </div>
        <StartFigure />
      </section>
      <p className="privacy">
        <LockMark />
        <span>
          Everything runs in this tab: captures and keys are never uploaded. <Anywhere />
        </span>
      </p>
      {SAMPLES.length > 0 && <Gallery />}
    </main>
  );
}

/** How the page itself can be had where there is no network. */
function Anywhere() {
  const offline = useStore((s) => s.offline);
  return (
    <>
      {offline && 'Works offline. '}
      {ONE_FILE !== null && (
        <a href={ONE_FILE} download>
          Save this page as one file
        </a>
      )}
    </>
  );
}

function Waiting() {
  const waiting = useStore(waitingSecrets);
  if (waiting === 0) return null;
  return (
    <p className="waiting">
      <b>{counted(waiting, 'secret')}</b> {waiting === 1 ? 'waits' : 'wait'} for a capture. Now open the capture that{' '}
      {waiting === 1 ? 'it opens' : 'they open'}.
    </p>
  );
}

/** The address names a place in a capture that a reload, or a link from somebody else, did not bring along. */
function Wanted() {
  const wanted = useStore((s) => s.wanted);
  const loading = useStore((s) => s.loading !== null);
  const place = wanted && placeInWords(wanted);
  if (!place || loading) return null;
  return (
    <p className="waiting">
      The address names <b>{place}</b>. Captures do not stay in this browser: open the file again, and the page goes
      there.
    </p>
  );
}

/** A link that names a place in a capture and does not carry the capture. */
function Needed() {
  const needed = useStore((s) => s.needed);
  if (!needed) return null;
  const place = placeInWords(needed.view);
  return (
    <p className="waiting">
      This link needs the capture that it was made for: open it, and the page goes {place ? 'to ' : 'there'}
      {place && <b>{place}</b>}. Another capture is told apart by its bytes.
    </p>
  );
}

function Gallery() {
  return (
    <>
      <div className="section-head">
        <h2>Real captures, in the order of a course</h2>
        <span className="muted small">each opens with its keys</span>
      </div>
      <section className="gallery" aria-label="Samples">
        {SAMPLES.map((sample) => (
          <Card key={sample.id} sample={sample} />
        ))}
      </section>
    </>
  );
}

function Card({ sample }: { readonly sample: Sample }) {
  return (
    <button type="button" className="sample" onClick={() => void openSample(sample)}>
      <MiniDiagram code={sample.thumbnail} />
      <span>
        <span className="title">{sample.title}</span>
        <span className="story">{sample.story}</span>
        <span className="tags">{sample.expect}</span>
      </span>
    </button>
  );
}

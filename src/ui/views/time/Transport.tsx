/** Through time: to either end, record by record, or running. Where the playhead is, and how time is drawn under it. */
import type { ReactNode } from 'react';
import type { AssociationDetail } from '../../../analysis/trace.ts';
import { pointNames } from '../../../present/capture-points.ts';
import { placeText, playheadTime, shortPlace } from '../../../present/playhead-text.ts';
import { run } from '../../commands/commands.ts';
import type { Command } from '../../keyboard.ts';
import { togglePlay } from '../../playing.ts';
import type { Rate } from '../../store/playback.ts';
import { playheadOf, selectedRecord } from '../../store/playhead.ts';
import { useStore } from '../../store/store.ts';
import { Spoken } from './Spoken.tsx';
import './transport.css';

const RATES: readonly { readonly rate: Rate; readonly text: string; readonly long: string }[] = [
  { rate: 1, text: '×1', long: '×1, real time' },
  { rate: 10, text: '×10', long: '×10' },
  { rate: 100, text: '×100', long: '×100' },
  { rate: 'records', text: 'per record', long: 'One record per beat' },
];

export function Transport({ detail }: { readonly detail: AssociationDetail }) {
  return (
    <section className="bar transport" aria-label="Through time">
      <div className="transport-buttons">
        <Step command="firstRecord" name="First record" keys="Home">
          <path d="M2 2v8M10 2 4 6l6 4z" />
        </Step>
        <Step command="previousRecord" name="Previous record" keys="ArrowLeft">
          <path d="M9 2 3 6l6 4z" />
        </Step>
        <Play />
        <Step command="nextRecord" name="Next record" keys="ArrowRight">
          <path d="M3 2l6 4-6 4z" />
        </Step>
        <Step command="lastRecord" name="Last record" keys="End">
          <path d="M10 2v8M2 2l6 4-6 4z" />
        </Step>
      </div>
      <Where detail={detail} />
      <span className="grow" />
      <Speed />
      <AxisSwitch />
      <Spoken detail={detail} />
    </section>
  );
}

interface StepProps {
  readonly command: Command;
  readonly name: string;
  readonly keys: string;
  readonly children: ReactNode;
}

function Step({ command, name, keys, children }: StepProps) {
  return (
    <button type="button" aria-label={name} title={name} aria-keyshortcuts={keys} onClick={() => run(command)}>
      <svg width="12" height="12" viewBox="0 0 12 12" stroke="currentColor" fill="currentColor" aria-hidden="true">
        {children}
      </svg>
    </button>
  );
}

function Play() {
  const playing = useStore((s) => s.playing);
  const name = playing ? 'Pause' : 'Play';
  return (
    <button type="button" aria-label={name} title={`${name} (Space)`} aria-keyshortcuts="Space" onClick={togglePlay}>
      <svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" aria-hidden="true">
        {playing ? (
          <path d="M4 2v8M8 2v8" strokeWidth="2" />
        ) : (
          <path d="M3 1.5v9l7-4.5z" strokeWidth="1.4" strokeLinejoin="round" />
        )}
      </svg>
    </button>
  );
}

function Where({ detail }: { readonly detail: AssociationDetail }) {
  const timeMs = useStore(playheadOf);
  const record = useStore(selectedRecord);
  const points = useStore((s) => s.trace.points);
  const place = record && placeText(detail, record, points && pointNames(points)(record.capture));
  return (
    <span className="transport-where">
      <span className="mono strong transport-time">{playheadTime(detail, timeMs ?? detail.association.startMs)}</span>
      {record && (
        <span className="muted small transport-record" title={place ?? ''}>
          {place}
        </span>
      )}
      {record && <span className="muted small nowrap transport-short">{shortPlace(detail, record)}</span>}
    </span>
  );
}

function Speed() {
  const rate = useStore((s) => s.rate);
  const set = useStore((s) => s.setRate);
  return (
    <label className="transport-speed">
      <span className="unseen">Speed</span>
      <select
        value={String(rate)}
        title="How fast time runs"
        onChange={({ currentTarget }) => set(RATES[currentTarget.selectedIndex]?.rate ?? 1)}
      >
        {RATES.map(({ rate: one, text, long }) => (
          <option key={text} value={String(one)} label={text}>
            {long}
          </option>
        ))}
      </select>
    </label>
  );
}

function AxisSwitch() {
  const axis = useStore((s) => s.axis);
  const set = useStore((s) => s.setAxis);
  return (
    <fieldset className="transport-switch" aria-label="Time axis">
      <button
        type="button"
        aria-pressed={axis === 'magnified'}
        title="Bursts of records are magnified, silences are to scale among themselves"
        onClick={() => set('magnified')}
      >
        bursts magnified
      </button>
      <button
        type="button"
        aria-pressed={axis === 'linear'}
        title="All of time to one scale"
        onClick={() => set(axis === 'linear' ? 'magnified' : 'linear')}
      >
        to scale
      </button>
    </fieldset>
  );
}

/** What the rules find in a capture of the collection, as it is or with datagrams left out, moved, changed or added. */
import { KNOWN, pathOf, sourceOf, textOf } from '../../../test/captures.ts';
import { type EditedDatagram, editedCapture } from '../../../test/edited-capture.ts';
import type { CaptureSource } from '../../capture/datagram.ts';
import type { FindingView } from '../finding.ts';
import { Session } from '../session.ts';
import type { Association } from '../trace.ts';

export interface Diagnosed {
  readonly associations: readonly Association[];
  /** Of all associations and of the trace. */
  readonly findings: readonly FindingView[];
  /** Their rules' ids, each once. */
  readonly rules: readonly string[];
  /** Of the association whose headline weighs most. */
  readonly headline: FindingView | null;
  finding(rule: string): FindingView | undefined;
}

export interface How {
  /** Changes the datagrams before they are read. */
  readonly edit?: (datagrams: EditedDatagram[]) => readonly EditedDatagram[];
  /** Without the key log and PSK that the manifest names. */
  readonly withoutKeys?: boolean;
  /** Session descriptions that are given too. */
  readonly sdp?: string;
}

const WEIGHT = ['failure', 'warning', 'security', 'note'];

/** Several files are given together, as the user drops them. */
export async function diagnose(files: string | readonly string[], how: How = {}): Promise<Diagnosed> {
  const names = typeof files === 'string' ? [files] : files;
  const { edit } = how;
  const sources = await Promise.all(names.map((file) => (edit ? editedCapture(file, edit) : sourceOf(file))));
  return diagnoseSources(sources, how.withoutKeys ? [] : names, how.sdp);
}

/** @param keysOf captures whose keys are given too. */
export async function diagnoseSources(
  sources: readonly CaptureSource[],
  keysOf: readonly string[] = [],
  sdp?: string,
): Promise<Diagnosed> {
  const session = new Session();
  const { failures } = await session.open(sources, { add: true });
  if (failures.length > 0) throw new Error(failures.join('\n'));
  for (const file of keysOf) giveKeys(session, file);
  if (sdp !== undefined) session.addFingerprints(sdp, 'test.sdp');
  const trace = session.trace();
  const findings = [...trace.findings, ...trace.associations.flatMap((a) => a.findings)];
  const headlines = findings.filter((f) => f.headline);
  headlines.sort((x, y) => WEIGHT.indexOf(x.severity) - WEIGHT.indexOf(y.severity));
  return {
    associations: trace.associations,
    findings,
    rules: [...new Set(findings.map((f) => f.rule))],
    headline: headlines[0] ?? null,
    finding: (rule) => findings.find((f) => f.rule === rule),
  };
}

function giveKeys(session: Session, file: string): void {
  const known = KNOWN.find((capture) => capture.file === file);
  if (known?.keys) session.addKeyLog(textOf(known.keys), known.keys);
  if (known?.psk && /^[0-9a-f]+$/i.test(known.psk)) session.addPsk(known.psk, { text: false, source: 'manifest' });
  if (known?.privateKey) session.addPrivateKey(textOf(known.privateKey), pathOf(known.privateKey));
}

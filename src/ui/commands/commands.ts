/** What the shortcuts of keyboard.ts do: one handler each, in files by subject. */
import type { Command } from '../keyboard.ts';
import { diagramCommands } from './diagram.ts';
import { exportCommands } from './export.ts';
import { fileCommands } from './files.ts';
import { findingCommands } from './findings.ts';
import type { Handler } from './handler.ts';
import { listCommands } from './list.ts';
import { noteCommands } from './notes.ts';
import { pageCommands } from './page-parts.ts';
import { shareCommands } from './share.ts';
import { timeCommands } from './time.ts';

const HANDLERS: Readonly<Record<Command, Handler>> = {
  ...fileCommands,
  ...exportCommands,
  ...shareCommands,
  ...listCommands,
  ...timeCommands,
  ...diagramCommands,
  ...findingCommands,
  ...noteCommands,
  ...pageCommands,
};

/** True where the command did something, so that the key press is used up. */
export function run(command: Command): boolean {
  return HANDLERS[command]();
}

/** Every shortcut, in one table: what the keys are, what they do, and what the help dialog says of them. */
export type Command =
  | 'open'
  | 'next'
  | 'previous'
  | 'enter'
  | 'nextRecord'
  | 'previousRecord'
  | 'firstRecord'
  | 'lastRecord'
  | 'nextAttempt'
  | 'previousAttempt'
  | 'nextRetransmission'
  | 'previousRetransmission'
  | 'nextUndecryptable'
  | 'play'
  | 'lanes'
  | 'machines'
  | 'scale'
  | 'zoomIn'
  | 'zoomOut'
  | 'zoomReset'
  | 'filter'
  | 'bytes'
  | 'findings'
  | 'nextFinding'
  | 'previousFinding'
  | 'goto'
  | 'keys'
  | 'notes'
  | 'note'
  | 'nextNote'
  | 'previousNote'
  | 'undoNotes'
  | 'redoNotes'
  | 'forgetKeys'
  | 'export'
  | 'share'
  | 'sequence'
  | 'table'
  | 'data'
  | 'statistics'
  | 'theme'
  | 'zone'
  | 'previousZone'
  | 'escape'
  | 'help';

export interface Shortcut {
  /** `KeyboardEvent.key`, with the modifiers that must be down. */
  readonly key: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
  readonly command: Command;
  /** As the help dialog prints it; null where another row covers it. */
  readonly shown: string | null;
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { key: 'o', command: 'open', shown: 'o', does: 'Open files' },
  { key: 'j', command: 'next', shown: 'j  k', does: 'Next or previous association' },
  { key: 'k', command: 'previous', shown: null, does: '' },
  { key: 'Enter', command: 'enter', shown: 'Enter', does: 'From the list to its diagram' },
  { key: 'ArrowRight', command: 'nextRecord', shown: '←  →', does: 'Previous or next record' },
  { key: 'ArrowLeft', command: 'previousRecord', shown: null, does: '' },
  { key: 'ArrowRight', shift: true, command: 'nextAttempt', shown: 'Shift ←  →', does: 'Previous or next flight' },
  { key: 'ArrowLeft', shift: true, command: 'previousAttempt', shown: null, does: '' },
  { key: 'Home', command: 'firstRecord', shown: 'Home  End', does: 'First or last record' },
  { key: 'End', command: 'lastRecord', shown: null, does: '' },
  { key: ' ', command: 'play', shown: 'Space', does: 'Let time run, or stop it' },
  { key: 'r', command: 'nextRetransmission', shown: 'r  R', does: 'Next or previous retransmission' },
  { key: 'R', shift: true, command: 'previousRetransmission', shown: null, does: '' },
  { key: 'u', command: 'nextUndecryptable', shown: 'u', does: 'Next record that could not be decrypted' },
  { key: '/', command: 'filter', shown: '/', does: 'Filter the associations, or the view that you are in' },
  { key: 'f', command: 'filter', shown: null, does: '' },
  { key: 'g', command: 'goto', shown: 'g', does: 'Go to a record, packet, association or time' },
  { key: 'b', command: 'bytes', shown: 'b', does: 'Fields and bytes of the record' },
  { key: '1', command: 'sequence', shown: '1', does: 'Sequence diagram' },
  { key: 't', command: 'scale', shown: 't', does: 'Silences folded, or time to scale' },
  { key: '+', command: 'zoomIn', shown: '+  −  0', does: 'Zoom the diagram in, out, or back' },
  { key: '=', command: 'zoomIn', shown: null, does: '' },
  { key: '-', command: 'zoomOut', shown: null, does: '' },
  { key: '0', command: 'zoomReset', shown: null, does: '' },
  { key: '2', command: 'lanes', shown: '2', does: 'States and epochs over time' },
  { key: '3', command: 'machines', shown: '3', does: 'State machines' },
  { key: 'v', command: 'table', shown: 'v', does: 'Table of records, in place of the diagram' },
  { key: 'a', command: 'data', shown: 'a', does: 'Application data' },
  { key: 's', command: 'statistics', shown: 's', does: 'Statistics over all associations' },
  { key: '4', command: 'findings', shown: '4', does: 'Findings' },
  { key: 'e', command: 'nextFinding', shown: 'e  E', does: 'Next or previous finding' },
  { key: 'E', shift: true, command: 'previousFinding', shown: null, does: '' },
  { key: '5', command: 'keys', shown: '5', does: 'Keys' },
  { key: '6', command: 'notes', shown: '6', does: 'Notes' },
  { key: 'n', command: 'note', shown: 'n', does: 'Write a note on what is selected' },
  { key: ']', command: 'nextNote', shown: '[  ]', does: 'Previous or next note' },
  { key: '[', command: 'previousNote', shown: null, does: '' },
  {
    key: 'z',
    ctrl: true,
    command: 'undoNotes',
    shown: 'Ctrl Z',
    does: 'Undo what was done to notes; with Shift, do it again',
  },
  { key: 'Z', ctrl: true, shift: true, command: 'redoNotes', shown: null, does: '' },
  { key: 'K', ctrl: true, shift: true, command: 'forgetKeys', shown: 'Ctrl Shift K', does: 'Forget all keys' },
  { key: 's', ctrl: true, command: 'export', shown: 'Ctrl S', does: 'Export: reports, pictures, captures' },
  { key: 'S', ctrl: true, shift: true, command: 'share', shown: 'Ctrl Shift S', does: 'Share as a link or a file' },
  { key: 'D', shift: true, command: 'theme', shown: 'Shift D', does: 'Light or dark' },
  { key: 'F6', command: 'zone', shown: 'F6', does: 'Next part of the page' },
  { key: 'F6', shift: true, command: 'previousZone', shown: null, does: '' },
  { key: 'Escape', command: 'escape', shown: 'Esc', does: 'Cancel, clear or close' },
  { key: '?', command: 'help', shown: '?', does: 'This list' },
];

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The command of a key press; null where it means nothing, or belongs to the field that is being typed into. */
export function commandFor(
  press: KeyPress,
  o: { readonly typing: boolean; readonly singleKeys: boolean },
): Command | null {
  const found = SHORTCUTS.find((s) => matches(s, press));
  if (!found) return null;
  const single = press.key.length === 1 && !press.ctrlKey && !press.metaKey;
  if (single && !o.singleKeys) return null;
  if (o.typing && found.command !== 'escape' && found.command !== 'zone' && found.command !== 'previousZone')
    return null;
  return found.command;
}

function matches(s: Shortcut, press: KeyPress): boolean {
  if (press.altKey || (press.ctrlKey || press.metaKey) !== (s.ctrl ?? false)) return false;
  // Where a layout needs Shift for "/" or "?", that is no other shortcut.
  const symbol = s.key.length === 1 && s.key.toLowerCase() === s.key.toUpperCase();
  return press.key === s.key && (symbol || press.shiftKey === (s.shift ?? false));
}

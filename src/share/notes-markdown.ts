/**
 * Notes as Markdown: a heading that says in words what each is on, then its text as a quotation, which looks the same
 * in every tracker. A comment, which Markdown does not show, holds what words cannot: so the file can be read again,
 * also after somebody changed a text.
 */
import { readNotes } from './note-shape.ts';
import { MAX_NOTE_LENGTH, MAX_NOTES, type Note } from './notes.ts';
import { named } from './notes-json.ts';
import { noteParts } from './notes-text.ts';
import { Damaged } from './varint.ts';

const OPENS = '<!-- dtlscope-note ';
/** Quotations and headings begin otherwise, so that no text can look like one. */
const OPENED = /^<!-- dtlscope-note /m;
const CLOSES = ' -->';
const SPECIAL = /[\\`*_{}[\]<>()#+\-.!|~&$@:]/g;

/** `placeOf`: what a note is on, in words. */
export function notesMarkdown(notes: readonly Note[], title: string, placeOf: (note: Note) => string): string {
  const parts = notes.map((note, i) => {
    const { text, ...rest } = note;
    const by = note.author === '' ? '' : `, by ${note.author}`;
    const judged = note.judgement === null ? '' : `, ${note.judgement}`;
    return [
      `## ${i + 1}. ${escaped(oneLine(placeOf(note) + judged + by))}`,
      '',
      OPENS + JSON.stringify(rest).replaceAll('>', '\\u003e') + CLOSES,
      ...(text === '' ? [] : ['', ...written(text).map((line) => (line === '' ? '>' : `> ${line}`))]),
      '',
    ].join('\n');
  });
  return [`# ${escaped(oneLine(title))}`, '', ...parts].join('\n');
}

/** Throws `Damaged`: a sentence that follows "The file". */
export function readNotesMarkdown(file: string): readonly Note[] {
  const sections = file.replace(/\r\n?/g, '\n').split(OPENED).slice(1);
  if (sections.length === 0) throw new Damaged('has no notes of DTLScope');
  if (sections.length > MAX_NOTES) throw new Damaged(`has more than ${MAX_NOTES} notes`);
  return named(readNotes(sections.map(section)));
}

/** Of its first characters. */
export function looksLikeNotesMarkdown(head: string): boolean {
  return /^\s*#/.test(head) && OPENED.test(head);
}

function section(source: string): unknown {
  const end = source.indexOf(CLOSES);
  const rest = parsed(source.slice(0, Math.max(0, end)));
  const lines = source.slice(end + CLOSES.length).split('\n');
  const first = lines.findIndex((line) => line.startsWith('>'));
  if (first < 0) return { ...rest, text: '' };
  const after = lines.findIndex((line, i) => i > first && !line.startsWith('>'));
  const quoted = lines.slice(first, after < 0 ? undefined : after).map((line) => line.replace(/^> ?/, ''));
  return { ...rest, text: read(quoted.join('\n')).slice(0, MAX_NOTE_LENGTH) };
}

function parsed(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new Damaged('has a note that is damaged');
}

/** Line by line, each with the backslash that makes a break of a line end. */
function written(text: string): readonly string[] {
  const lines = noteParts(text)
    .map((piece) => {
      switch (piece.is) {
        case 'code':
          return `\`${piece.text}\``;
        case 'link':
          return `<${piece.text}>`;
        default:
          return escaped(piece.text);
      }
    })
    .join('')
    .split('\n');
  return lines.map((line, i) => (i < lines.length - 1 && line !== '' ? `${line}\\` : line));
}

function escaped(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}

const READ = /`([^`\n]+)`|<(https?:\/\/[^<>\s]+)>|\\([\\`*_{}[\]<>()#+\-.!|~&$@:])|\\\n/gi;

function read(markdown: string): string {
  return markdown.replace(READ, (whole, code, url, special) => {
    if (code !== undefined) return `\`${code}\``;
    return url ?? special ?? whole.slice(1);
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

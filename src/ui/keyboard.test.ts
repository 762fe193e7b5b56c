import { expect, test } from 'vitest';
import { commandFor, type KeyPress, SHORTCUTS } from './keyboard.ts';

function press(key: string, modifiers: Partial<KeyPress> = {}): KeyPress {
  return { key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers };
}
const FREE = { typing: false, singleKeys: true };

test.each([
  ['o', {}, 'open'],
  ['D', { shiftKey: true }, 'theme'],
  ['?', { shiftKey: true }, 'help'],
  ['/', { shiftKey: true }, 'filter'],
  ['F6', { shiftKey: true }, 'previousZone'],
  ['K', { shiftKey: true, ctrlKey: true }, 'forgetKeys'],
  ['o', { ctrlKey: true }, null],
  ['o', { altKey: true }, null],
  ['x', {}, null],
] as const)('%s %o is %s', (key, modifiers, command) => {
  expect(commandFor(press(key, modifiers), FREE)).toBe(command);
});

test('what is typed into a field is no shortcut, but Esc and F6 are', () => {
  const typing = { ...FREE, typing: true };
  expect(commandFor(press('o'), typing)).toBeNull();
  expect(commandFor(press('Escape'), typing)).toBe('escape');
  expect(commandFor(press('F6'), typing)).toBe('zone');
});

test('single keys can be switched off', () => {
  const off = { ...FREE, singleKeys: false };
  expect(commandFor(press('o'), off)).toBeNull();
  expect(commandFor(press('Enter'), off)).toBe('enter');
  expect(commandFor(press('K', { ctrlKey: true, shiftKey: true }), off)).toBe('forgetKeys');
});

test('no two rows of the table mean the same keys', () => {
  const keys = SHORTCUTS.map(({ key, ctrl, shift }) => `${ctrl ?? false} ${shift ?? false} ${key}`);
  expect(new Set(keys).size).toBe(keys.length);
});

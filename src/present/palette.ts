/** The page's colours by role, for drawings that leave it: a file of its own has no tokens to ask. */

export type Role =
  | 'bg'
  | 'pane'
  | 'sunken'
  | 'line'
  | 'line-strong'
  | 'text'
  | 'muted'
  | 'link'
  | 'client'
  | 'server'
  | 'retransmitted'
  | 'lost'
  | 'undecryptable'
  | 'failure'
  | 'warning-mark'
  | 'ok'
  | 'epoch-0'
  | 'epoch-1'
  | 'epoch-2'
  | 'epoch-3'
  | 'lens';

export type ThemeName = 'light' | 'dark';
export type Palette = Readonly<Record<Role, string>>;

export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  light: {
    bg: '#ffffff',
    pane: '#f7f8f9',
    sunken: '#eff1f3',
    line: '#e2e5e8',
    'line-strong': '#c4cad0',
    text: '#1b1f23',
    muted: '#5f6b76',
    link: '#1c58a8',
    client: '#3a7cd6',
    server: '#112e25',
    retransmitted: '#9b8305',
    lost: '#753005',
    undecryptable: '#550361',
    failure: '#c85b72',
    'warning-mark': '#9b8305',
    ok: '#3d7a5c',
    'epoch-0': '#e4e7ea',
    'epoch-1': '#cfe2d9',
    'epoch-2': '#e2d9ef',
    'epoch-3': '#cfe2d9',
    lens: '#f4f5f7',
  },
  dark: {
    bg: '#14181c',
    pane: '#181d22',
    sunken: '#1f252b',
    line: '#2a3138',
    'line-strong': '#46505a',
    text: '#e6eaee',
    muted: '#9aa7b3',
    link: '#8fb4f7',
    client: '#5f85ef',
    server: '#a7f9dc',
    retransmitted: '#fbed98',
    lost: '#f77d15',
    undecryptable: '#c96fa8',
    failure: '#f82353',
    'warning-mark': '#fbed98',
    ok: '#7fc7a4',
    'epoch-0': '#262d34',
    'epoch-1': '#1f3a33',
    'epoch-2': '#34294a',
    'epoch-3': '#1f3a33',
    lens: '#1a2026',
  },
};

const ROLES = Object.keys(PALETTES.light) as Role[];

/** Colours that a style sheet decides: `var(--client)`. */
export const TOKENS: Palette = Object.fromEntries(ROLES.map((role) => [role, `var(--${role})`])) as Palette;

/** The tokens of a theme as declarations of a style sheet. */
export function declarations(theme: ThemeName): string {
  return ROLES.map((role) => `--${role}:${PALETTES[theme][role]}`).join(';');
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Colour, contrast, isShown, over, parseColour } from './testing/colour.js';

/** What is read, what it lies on from the top down to what is opaque, and the least contrast that WCAG 2.2 AA asks. */
type Pair = { readonly front: string; readonly ground: readonly string[]; readonly least: number };

const text = 4.5;
const sign = 3;

const words = ['fg', 'fg-muted', 'fg-subtle', 'accent', 'ok', 'warn', 'bad', 'info', 'sleep'];
const states = ['ok', 'warn', 'bad', 'info', 'sleep'];
const grounds = ['bg', 'surface', 'raised'];
const ansi = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white', 'dim'].map(
  (name) => `ansi-${name}`,
);
const cats = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `cat-${n}`);

const pairs = (fronts: readonly string[], all: readonly (readonly string[])[], least: number): readonly Pair[] =>
  fronts.flatMap((front) => all.map((ground) => ({ front, ground, least })));

const on = (names: readonly string[]) => names.map((name) => [name]);

/** Every pair that the dashboard draws. */
const drawn: readonly Pair[] = [
  ...pairs(words, on(grounds), text),
  // Rows and buttons that the pointer is over.
  ...pairs(
    words,
    [
      ['hover', 'bg'],
      ['hover', 'surface'],
    ],
    text,
  ),
  // Pills, notices, initials.
  ...[...states, 'accent'].flatMap((state) =>
    pairs(
      [state],
      [
        [`${state}-soft`, 'surface'],
        [`${state}-soft`, 'bg'],
      ],
      text,
    ),
  ),
  ...['warn', 'bad', 'info'].flatMap((state) => pairs(['fg', 'fg-muted'], [[`${state}-soft`, 'bg']], text)),
  // Buttons that are filled.
  { front: 'on-primary', ground: ['primary'], least: text },
  { front: 'on-bad', ground: ['bad-solid'], least: text },
  // Icons, bars, edges of fields, the ring of the focus.
  ...pairs([...states.map((state) => `${state}-fill`), 'border-control', 'focus'], on(['bg', 'surface']), sign),
  ...pairs(['border-control', 'focus', 'accent-solid'], on(['raised']), sign),
  ...pairs([...cats, 'bad-solid'], on(['surface']), sign),
  // Logs: lines, those that failed, the one that was chosen, what was found, rows between lines.
  ...pairs([...ansi, 'log-fg', 'accent', 'fg-subtle', 'bad'], on(['log-bg']), text),
  ...pairs(
    [...ansi, 'log-fg', 'accent'],
    [
      ['log-bad-row', 'log-bg'],
      ['log-chosen-row', 'log-bg'],
    ],
    text,
  ),
  { front: 'warn', ground: ['warn-soft', 'log-bg'], least: text },
  ...pairs(['bad', 'warn-fill'], on(['log-bg']), sign),
];

/** Lines between things, tints and shadows, which say nothing by themselves. */
const quiet = ['border', 'border-strong', 'scrim', 'shadow-1', 'shadow-2'];

const themes = tokens();

describe.each(Object.entries(themes))('in the %s theme', (_name, colours) => {
  const colour = (name: string): Colour => {
    const found = colours.get(name);
    if (!found) throw new Error(`There is no colour called ${name}.`);
    return found;
  };
  const groundOf = (names: readonly string[]): Colour =>
    names.map(colour).reduceRight((below, above) => over(above, below));

  test.each(drawn)('$front on $ground has a contrast of $least at least', ({ front, ground, least }) => {
    const below = groundOf(ground);
    expect(contrast(over(colour(front), below), below)).toBeGreaterThanOrEqual(least);
  });

  test('every colour can be shown by every screen', () => {
    const outside = [...colours].filter(([, one]) => !isShown(one)).map(([name]) => name);
    expect(outside).toEqual([]);
  });
});

test('every colour is one of those that are looked at', () => {
  const seen = new Set([...drawn.flatMap(({ front, ground }) => [front, ...ground]), ...quiet]);
  const unseen = [...themes.light.keys()].filter((name) => !seen.has(name));
  expect(unseen).toEqual([]);
});

/** The colours of both themes; what the dark one does not say it has from the light one. */
function tokens(): { readonly light: ReadonlyMap<string, Colour>; readonly dark: ReadonlyMap<string, Colour> } {
  const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
  const block = (selector: string) => {
    const [, inside = ''] = new RegExp(`${selector}\\s*\\{([^}]*)\\}`).exec(css) ?? [];
    return [...inside.matchAll(/--([\w-]+):\s*([^;]+);/g)].flatMap(([, name = '', value = '']) => {
      const colour = parseColour(value);
      return colour ? [[name, colour] as const] : [];
    });
  };
  const light = block(':root');
  return { light: new Map(light), dark: new Map([...light, ...block('\\.dark')]) };
}

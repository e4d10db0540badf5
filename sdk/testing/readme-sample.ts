import { readFileSync } from 'node:fs';

/** The TypeScript samples of the README as one module that talks to `url`. */
export function readmeSample(url: string): string {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, block = '']) => block);
  return blocks.join('\n').replaceAll('http://localhost:3000/graphql', url);
}

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const read = (page: string): string => readFileSync(`${docs}${page}`, 'utf8');
const pages = ['../README.md', ...readdirSync(docs).filter((name) => name.endsWith('.md'))];

/** Flags that RKE v1 had, and this program does not. */
const retired = ['rke up --init'];

/** Each command with its flags, from the page that is generated. */
const commands = new Map(
  read('commands.md')
    .split(/^## (?=rke)/m)
    .slice(1)
    .map((part) => [part.split('\n')[0]?.trim() ?? '', new Set(part.match(/--[a-z][a-z0-9-]*/g))]),
);

/** Command lines in code spans and blocks, each up to a pipe or a comment. */
function commandLines(text: string): string[] {
  const code = [...text.matchAll(/`([^`\n]+)`|^(?:\w+ )*?(rke .+)$/gm)].map(
    ([, span, line]) => span ?? line ?? '',
  );
  return code.flatMap((one) => one.split(/[|;]| && | {2,}#| -- /)).map((one) => one.trim());
}

it('pages name flags that their command has', () => {
  const unknown = pages.flatMap((page) =>
    commandLines(read(page)).flatMap((line) => {
      const words = /^rke(?: [a-z][a-z-]*)*/.exec(line)?.[0].split(' ') ?? [];
      while (words.length > 0 && !commands.has(words.join(' '))) words.pop();
      const flags = commands.get(words.join(' '));
      if (flags === undefined || words.length < 2) return [];
      const wrong = (line.match(/(?<=\s)--[a-z][a-z0-9-]*/g) ?? []).filter((flag) => !flags.has(flag));
      return wrong
        .map((flag) => `${words.join(' ')} ${flag}`)
        .filter((one) => !retired.includes(one))
        .map((one) => `${page}: ${one}`);
    }),
  );
  expect(commands.size).toBeGreaterThan(40);
  expect(unknown).toEqual([]);
});

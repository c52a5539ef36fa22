import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bringUp } from '../examples/library-use.js';
import { useFolder } from './cli/run.js';
import { importsOf } from './tools/imports.js';

const folder = useFolder();

/** What the example prints for a cluster file. */
async function outputOf(text: string | undefined): Promise<string[]> {
  const file = join(folder(), 'cluster.yml');
  if (text !== undefined) await writeFile(file, text);
  const lines: string[] = [];
  expect(await bringUp(file, (line) => lines.push(line))).toBeUndefined();
  return lines;
}

it('a program gets every error of a cluster file', async () => {
  expect(await outputOf('nodes:\n  - { address: 10.0.0.1, user: ops, role: [etdc] }\n')).toContain(
    'line 2: nodes[0].role[0] invalid role "etdc"; did you mean "etcd"?',
  );
});

it('a program gets the code and fix of an error that stops a run', async () => {
  expect(await outputOf(undefined)).toEqual([expect.stringMatching(/no such file \([A-Z_]+\); \S/)]);
});

it('every file of src/commands is reachable from src/index.ts', () => {
  const root = fileURLToPath(new URL('../src/', import.meta.url));
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { specifier } of importsOf(file, readFileSync(`${root}${file}`, 'utf8')))
      if (specifier.startsWith('.'))
        visit(posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'));
  };
  visit('index.ts');
  const commands = readdirSync(`${root}commands`, { recursive: true, encoding: 'utf8' })
    .map((path) => `commands/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts'));
  expect(commands.filter((file) => !reached.has(file))).toEqual([]);
});

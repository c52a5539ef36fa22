import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bringUp } from '../examples/library-use.js';
import { useFolder } from './cli/run.js';

const folder = useFolder();

/** What the example says of a cluster file. */
async function said(text: string | undefined): Promise<string[]> {
  const file = join(folder(), 'cluster.yml');
  if (text !== undefined) await writeFile(file, text);
  const lines: string[] = [];
  expect(await bringUp(file, (line) => lines.push(line))).toBeUndefined();
  return lines;
}

it('a program is told every mistake of a cluster file', async () => {
  expect(await said('nodes:\n  - { address: 10.0.0.1, user: ops, role: [etdc] }\n')).toContain(
    'line 2: nodes[0].role[0] invalid role "etdc"; did you mean "etcd"?',
  );
});

it('a program is told by a code, with a fix, what stops a run', async () => {
  expect(await said(undefined)).toEqual([expect.stringMatching(/no such file \([A-Z_]+\); \S/)]);
});

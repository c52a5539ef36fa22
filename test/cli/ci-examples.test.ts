import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { plainYaml } from '../../src/yaml/plain-yaml.js';
import { runIn, useFolder } from './run.js';

const folder = useFolder();
const unknown = /unknown option|unknown command|expected|missing required|too many arguments/;

/** All strings of a value. */
function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value instanceof Object ? Object.values(value).flatMap(stringsOf) : [];
}

/** The command lines of rke in a workflow, up to a pipe or a redirection. */
function commandsOf(file: string): string[] {
  const text = readFileSync(new URL(`../../examples/ci/${file}`, import.meta.url), 'utf8');
  return stringsOf(plainYaml(text))
    .flatMap((script) => script.split('\n'))
    .flatMap((line) => /^\s*rke ([^|>&;]+)/.exec(line)?.[1]?.trim() ?? []);
}

it.each(['github.yml', 'gitlab.yml'])('rke accepts every command of examples/ci/%s', async (file) => {
  const commands = commandsOf(file);
  expect(commands.map((line) => line.split(' ')[0])).toEqual(
    expect.arrayContaining(['config', 'plan', 'up']),
  );
  for (const line of commands) {
    // Without a cluster.yml, a command ends after its flags were read.
    const { code, stderr } = await runIn(folder(), line.split(' '));
    expect({ line, code }).toEqual({ line, code: 2 });
    expect(stderr, line).not.toMatch(unknown);
    expect(stderr, line).toContain('no such file');
  }
});

it('rke refuses a flag that an example must not have', async () => {
  expect((await runIn(folder(), ['plan', '--nonsense'])).stderr).toMatch(unknown);
});

import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program/program.js';

/** docs/commands.md: the help of every command. */
export function commandsDoc(): string {
  const sections = walk(createRecordedProgram()).map(
    ({ path, help }) => `## ${path}\n\n\`\`\`\n${help.trim()}\n\`\`\`\n`,
  );
  return [
    '# Commands\n',
    'What `--help` of every command shows; made from the program itself. [errors.md](errors.md) has the exit codes.\n',
    ...sections,
  ].join('\n');
}

function createRecordedProgram(): Command {
  const output = { write: () => true };
  return createProgram({
    io: {
      stdin: new PassThrough() as unknown as NodeJS.ReadStream,
      stdout: output,
      stderr: output,
      env: {},
      cwd: '.',
    },
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  });
}

/** A command and those under it, in the order in which help lists them; `help` itself is not one of them. */
function walk(command: Command, above: readonly string[] = []): { path: string; help: string }[] {
  const names = [...above, command.name()];
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 }).outputHelp();
  return [{ path: names.join(' '), help }, ...command.commands.flatMap((child) => walk(child, names))];
}

import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program/program.js';

/** The page docs/commands.md: the help of every command. */
export function commandsDoc(): string {
  const sections = walk(createRecordedProgram()).map(
    ({ path, help }) => `## ${path}\n\n\`\`\`\n${help.trim()}\n\`\`\`\n`,
  );
  return [
    '# Commands\n',
    'The output of `--help` of every command, generated from the program. [errors.md](errors.md) lists the exit codes.\n',
    ...sections,
  ].join('\n');
}

export function createRecordedProgram(): Command {
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

/** A command and its subcommands in the order of the help, without `help` itself and what the help does not show. */
function walk(command: Command, above: readonly string[] = []): { path: string; help: string }[] {
  const names = [...above, command.name()];
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 }).outputHelp();
  const visible = command.createHelp().visibleCommands(command);
  const shown = command.commands.filter((child) => visible.includes(child));
  return [{ path: names.join(' '), help }, ...shown.flatMap((child) => walk(child, names))];
}

import type { Command, Option } from 'commander';
import type { ArgumentNode, CommandNode, OptionNode } from '../completion/command-node.js';

/** A command with its subcommands as data. What is hidden from the help is left out. */
export function describeProgram(command: Command): CommandNode {
  const help = command.createHelp();
  return {
    name: command.name(),
    description: command.description(),
    usage: command.usage(),
    options: help.visibleOptions(command).map((option) => ({
      ...describeOption(option),
      description: help.optionDescription(option),
    })),
    arguments: command.registeredArguments.map((argument) => ({
      name: argument.name(),
      choices: argument.argChoices ?? [],
      isVariadic: argument.variadic,
    })),
    commands: help.visibleCommands(command).map(describeProgram),
    // Only man pages need them, and the help of all commands takes a while.
    get remarks() {
      return remarksOf(command);
    },
  };
}

function describeOption({
  short,
  long,
  flags,
  argChoices,
  variadic,
}: Option): Omit<OptionNode, 'description'> {
  const placeholder = /[<[](.+?)(\.\.\.)?[>\]]/.exec(flags)?.[1];
  const value: ArgumentNode | undefined =
    placeholder === undefined
      ? undefined
      : { name: placeholder, choices: argChoices ?? [], isVariadic: variadic };
  return { names: [short, long].filter((name) => name !== undefined), term: flags, value };
}

/** What `addHelpText` has added to the end of the help. */
function remarksOf(command: Command): string {
  let text = '';
  const before = command.configureOutput();
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  command.configureOutput(before);
  return text.slice(command.helpInformation().length).trim();
}

import type { ArgumentNode, CommandNode, OptionNode } from './command-node.js';

/** Where the words for a place on the command line come from. */
export type WordSource = 'words' | 'files' | 'directories' | 'nodes' | 'snapshots' | 'addons';

export interface Word {
  readonly text: string;
  readonly description: string;
}

/** What can follow on a command line. */
export interface Completion {
  readonly source: WordSource;
  /** What is in front of each word in the same argument: `--nodes=a,` before `b`. */
  readonly prefix: string;
  /** The words of the source `words` that fit. */
  readonly words: readonly Word[];
  /** The value of --config before, if there is one. */
  readonly config: string | undefined;
  /** The values of --overlay before, in their order. */
  readonly overlays: readonly string[];
}

/** Words for an argument or a value, by its placeholder in the help. */
const sources: Readonly<Record<string, WordSource>> = {
  file: 'files',
  directory: 'directories',
  node: 'nodes',
  names: 'nodes',
  snapshot: 'snapshots',
  addon: 'addons',
};

/** Placeholders of lists that are separated by commas. */
const lists = ['names'];

/**
 * What can be typed in place of the last word.
 *
 * @param words the words after the name of the program; the last one is the one that is being typed, and may be empty
 */
export function completeWords(program: CommandNode, words: readonly string[]): Completion {
  const place = read(program, words.slice(0, -1));
  const current = words.at(-1) ?? '';
  const { config, overlays } = place;
  const completion = { prefix: '', words: [], config, overlays };
  if (place.awaiting !== undefined) return { ...completion, ...wordsFor(place.awaiting, current) };
  const [, name, value] = /^(--[^=]+=)(.*)$/.exec(current) ?? [];
  if (name !== undefined && value !== undefined) {
    const option = findOption(place.command, name.slice(0, -1));
    if (option?.value === undefined) return { ...completion, source: 'words' };
    const { prefix, ...found } = wordsFor(option.value, value);
    return { ...completion, ...found, prefix: `${name}${prefix}` };
  }
  const options = place.command.options.map(({ names, description }) =>
    word(names.at(-1) ?? '', description),
  );
  if (current.startsWith('-') && !place.isAfterDashes)
    return { ...completion, source: 'words', words: startingWith(current, options) };
  const argument = place.command.arguments[place.given] ?? variadic(place.command);
  if (argument !== undefined) return { ...completion, ...wordsFor(argument, current) };
  const commands =
    place.given > 0 ? [] : place.command.commands.map((one) => word(one.name, one.description));
  return {
    ...completion,
    source: 'words',
    words: startingWith(current, commands.length > 0 ? commands : options),
  };
}

interface Place extends Pick<Completion, 'config' | 'overlays'> {
  readonly command: CommandNode;
  /** The number of arguments that the command has already. */
  readonly given: number;
  /** The value that the option before expects. */
  readonly awaiting: ArgumentNode | undefined;
  readonly isAfterDashes: boolean;
}

/** Reads the words before the one that is being typed. */
function read(program: CommandNode, words: readonly string[]): Place {
  let command = program;
  let given = 0;
  let option: OptionNode | undefined;
  let config: string | undefined;
  const overlays: string[] = [];
  let isAfterDashes = false;
  for (const word of words) {
    if (option?.value !== undefined) {
      if (option.names.includes('--config')) config = word;
      if (option.names.includes('--overlay')) overlays.push(word);
      option = undefined;
    } else if (word === '--') isAfterDashes = true;
    else if (word.startsWith('-') && !isAfterDashes) {
      option = findOption(command, word);
      if (word.startsWith('--config=')) config = word.slice('--config='.length);
      if (word.startsWith('--overlay=')) overlays.push(word.slice('--overlay='.length));
    } else {
      const child = given === 0 ? command.commands.find(({ name }) => name === word) : undefined;
      if (child === undefined) given += 1;
      else command = child;
    }
  }
  return { command, given, awaiting: option?.value, isAfterDashes, config, overlays };
}

function wordsFor({ name, choices }: ArgumentNode, current: string): Omit<Completion, 'config' | 'overlays'> {
  if (choices.length > 0)
    return {
      source: 'words',
      prefix: '',
      words: startingWith(
        current,
        choices.map((text) => word(text)),
      ),
    };
  const prefix = lists.includes(name) ? current.slice(0, current.lastIndexOf(',') + 1) : '';
  return { source: sources[name] ?? 'words', prefix, words: [] };
}

function findOption(command: CommandNode, name: string): OptionNode | undefined {
  return command.options.find(({ names }) => names.includes(name));
}

function variadic({ arguments: all }: CommandNode): ArgumentNode | undefined {
  return all.at(-1)?.isVariadic === true ? all.at(-1) : undefined;
}

function startingWith(text: string, words: readonly Word[]): Word[] {
  return words.filter((one) => one.text.startsWith(text));
}

function word(text: string, description = ''): Word {
  return { text, description };
}

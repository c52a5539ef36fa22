import type { CommandNode, OptionNode } from '../../src/cli/completion/command-node.js';

/**
 * The manual pages of a command and its subcommands, as roff by file name: `rke.1`, `rke-etcd-ls.1`.
 *
 * @param above the names of the commands above it
 */
export function writeManPages(
  command: CommandNode,
  version: string,
  above: readonly string[] = [],
): Map<string, string> {
  const names = [...above, command.name];
  const pages = new Map([[`${names.join('-')}.1`, manPage(command, names, version)]]);
  for (const child of command.commands.filter(({ name }) => name !== 'help'))
    for (const [file, text] of writeManPages(child, version, names)) pages.set(file, text);
  return pages;
}

function manPage(command: CommandNode, names: readonly string[], version: string): string {
  const { description, usage, options, commands, remarks } = command;
  const [remark = '', examples = ''] = remarks.split(/(?:^|\n)Examples:\n/);
  const title = names.join('-');
  const children = commands.filter(({ name }) => name !== 'help');
  const parent = names.length > 1 ? [names.slice(0, -1)] : [];
  const related = [...parent, ...children.map(({ name }) => [...names, name])].map(
    (one) => `.BR ${escape(one.join('-'))} (1)`,
  );
  return [
    // No date: the same sources give the same page.
    `.TH "${escape(title.toUpperCase())}" "1" "" "rke ${escape(version)}" "rke"`,
    ...section('NAME', `${escape(title)} \\- ${escape(description)}`),
    ...section('SYNOPSIS', `.B ${escape(names.join(' '))}\n${escape(usage)}`),
    ...section('DESCRIPTION', paragraphs(remark)),
    ...section('OPTIONS', options.map(optionItem).join('\n')),
    ...section(
      'COMMANDS',
      children.map((one) => item(`\\fB${escape(one.name)}\\fR`, one.description)).join('\n'),
    ),
    ...section('EXAMPLES', examples === '' ? '' : `.EX\n${examples.split('\n').map(escape).join('\n')}\n.EE`),
    ...section('SEE ALSO', related.join(',\n')),
    '',
  ].join('\n');
}

function section(title: string, body: string): string[] {
  return body === '' ? [] : [`.SH ${title}`, body];
}

function paragraphs(text: string): string {
  if (text.trim() === '') return '';
  return text
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '.PP' : escape(line)))
    .join('\n');
}

function optionItem({ term, names, description }: OptionNode): string {
  const bold = names.reduce((text, name) => text.replace(name, `\\fB${name}\\fR`), term);
  return item(bold.replaceAll('-', '\\-'), description);
}

function item(term: string, description: string): string {
  return `.TP\n${term}\n${escape(description)}`;
}

/** Text as roff shows it literally: a line that begins with a dot or a quote is a request otherwise. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(\s*)([.'])/, '$1\\&$2');
}

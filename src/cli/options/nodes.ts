import { InvalidArgumentError, Option } from 'commander';

/** The flag that limits a run to some nodes. It may be repeated. */
export function nodesOption(): Option {
  return new Option(
    '--nodes <names>',
    'change only these nodes, by name or address, separated by commas',
  ).argParser((text, before: readonly string[] | undefined) => [...(before ?? []), ...parseNames(text)]);
}

/** Names separated by commas. @throws InvalidArgumentError for an empty one */
export function parseNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('expected names or addresses, separated by commas');
  return names;
}

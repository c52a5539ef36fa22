import { InvalidArgumentError, Option } from 'commander';

/** The flag that limits a run to some nodes. It may be repeated. */
export function nodesOption(): Option {
  return new Option(
    '--nodes <names>',
    'change only these nodes, by name or address, separated by commas',
  ).argParser(collectNames);
}

/** Adds names separated by commas to those of the same flag before. @throws InvalidArgumentError for an empty one */
export function collectNames(text: string, before: readonly string[] = []): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('expected names or addresses, separated by commas');
  return [...before, ...names];
}

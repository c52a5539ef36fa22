import { Option } from 'commander';

const defaultFile = 'cluster.yml';

/** The cluster file of a command. @param description what it is for this command */
export function configOption(description = 'cluster file, or - for standard input'): Option {
  return new Option('-c, --config <file>', description).default(defaultFile).env('RKE_CONFIG');
}

/** The cluster files of a command that works on several: it may be repeated, and name directories. */
export function configsOption(): Option {
  const byDefault: readonly string[] = [defaultFile];
  return new Option(
    '-c, --config <path>',
    'cluster file, directory of cluster files, or - for standard input; may be repeated',
  )
    .default(byDefault, `"${defaultFile}"`)
    .env('RKE_CONFIG')
    .argParser((path, before: readonly string[]) => (before === byDefault ? [path] : [...before, path]));
}

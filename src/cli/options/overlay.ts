import { Option } from 'commander';

/** Flag of commands that read a cluster file. */
export interface OverlayFlag {
  readonly overlay?: readonly string[];
}

/** `--overlay`, which may be repeated. */
export function overlayOption(): Option {
  return new Option(
    '--overlay <file>',
    'file with keys that override those of the cluster file; may be repeated (see docs/cluster-file.md)',
  ).argParser((path, before: readonly string[] | undefined) => [...(before ?? []), path]);
}

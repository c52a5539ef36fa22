import runtimes from './runtimes.json' with { type: 'json' };

export interface Target {
  readonly id: TargetId;
  /** The file name that RKE v1 released for the same platform: a script that downloads it needs another address only. */
  readonly file: string;
  /** The npm package that contains the Node binary of the platform. */
  readonly runtime: Runtime;
  /** The path of the binary in that package. */
  readonly binary: string;
}

export type TargetId = keyof typeof runtimes.packages;

export interface Runtime {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package, as npm writes it. */
  readonly integrity: string;
}

const files: Readonly<Record<TargetId, string>> = {
  'linux-x64': 'rke_linux-amd64',
  'linux-arm64': 'rke_linux-arm64',
  'darwin-x64': 'rke_darwin-amd64',
  'darwin-arm64': 'rke_darwin-arm64',
  'windows-x64': 'rke_windows-amd64.exe',
};

/** The platforms that have an executable. */
export const targets: readonly Target[] = (Object.keys(files) as TargetId[]).map((id) => ({
  id,
  file: files[id],
  runtime: { version: runtimes.version, ...runtimes.packages[id] },
  binary: id.startsWith('windows') ? 'package/bin/node.exe' : 'package/bin/node',
}));

/** The target of this machine. */
export function ownTarget(): Target {
  const id = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const own = targets.find((target) => target.id === id);
  if (own === undefined)
    throw new Error(`no Node binary for ${id}: make the release on one of ${Object.keys(files).join(', ')}`);
  return own;
}

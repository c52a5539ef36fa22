import { spawn } from 'node:child_process';
import { withDeadline } from '../../core/deadline.js';
import { messageOf, RkeError } from '../../core/errors.js';
import { sum } from '../../core/sum.js';

/** The helm of this machine. */
export interface HelmOptions {
  /** Name or path of the program; `helm` by default. */
  readonly program?: string | undefined;
  /** Its environment, with the user's proxies and logins; that of the process by default. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Directory in which downloaded charts of an exact version are kept; without one, none is kept. */
  readonly cacheDir?: string | undefined;
}

/** One call of helm. */
export interface HelmCall extends HelmOptions {
  readonly signal: AbortSignal;
  /** Limit of its time. */
  readonly milliseconds: number;
  /** More variables for it. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What helm printed, or why there is nothing to use. The reason may quote secrets of values. */
export type HelmResult =
  { readonly ok: true; readonly stdout: string } | { readonly ok: false; readonly reason: string };

/** The charts of Rancher and of the large monitoring stacks are below 3 MiB. */
const maxOutputBytes = 32 * 1024 * 1024;

/**
 * Runs helm to its end. Nothing secret may be in `args`: other users of this machine can read them.
 *
 * @throws RkeError HELM_MISSING (exit 2) if it cannot be started; the signal's reason
 */
export async function runHelm(args: readonly string[], call: HelmCall): Promise<HelmResult> {
  const { signal, milliseconds } = call;
  return await withDeadline({ milliseconds, signal }, async (limit) => {
    const result = await start(args, call, limit);
    signal.throwIfAborted();
    return limit.aborted
      ? { ok: false, reason: `helm ${args[0] ?? ''} did not end within ${milliseconds / 1000} s` }
      : result;
  });
}

function start(args: readonly string[], call: HelmCall, limit: AbortSignal): Promise<HelmResult> {
  const { program = 'helm', env = process.env, variables } = call;
  return new Promise((resolve, reject) => {
    limit.throwIfAborted();
    // A group of its own: programs that helm has started end with it.
    const child = spawn(program, args, {
      env: { ...cleanEnvironment(env), ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const end = (result: HelmResult): void => {
      limit.removeEventListener('abort', stop);
      resolve(result);
    };
    const kill = (): void => {
      if (child.pid !== undefined && child.exitCode === null) killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const stop = (): void => {
      kill();
      end({ ok: false, reason: 'it was stopped' });
    };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].on('data', (chunk: Buffer) => {
        chunks[name].push(chunk);
        if (sum(chunks[name].map(({ length }) => length)) <= maxOutputBytes) return;
        kill();
        end({
          ok: false,
          reason: `helm ${args[0] ?? ''} printed more than ${maxOutputBytes / 1024 / 1024} MiB`,
        });
      });
    child.on('error', (cause) => {
      limit.removeEventListener('abort', stop);
      reject(helmMissing(program, cause));
    });
    child.on('close', (code, killedBy) => {
      const stdout = Buffer.concat(chunks.stdout).toString('utf8');
      const reason = reasonIn(Buffer.concat(chunks.stderr).toString('utf8'));
      if (code === 0) end({ ok: true, stdout });
      else
        end({
          ok: false,
          reason: reason ?? `helm ${args[0] ?? ''} ended with ${killedBy ?? `exit code ${code}`}`,
        });
    });
    limit.addEventListener('abort', stop, { once: true });
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

/**
 * The environment without what would make helm contact a cluster, print its values, or keep files of other runs, and without
 * passphrases of rke.
 */
function cleanEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined &&
        !/^(?:RKE_.*|KUBECONFIG|HELM_(?:DEBUG|NAMESPACE|KUBE.*|REPOSITORY_.*|CACHE_HOME))$/.test(entry[0]),
    ),
  );
}

const maxReason = 600;

/** What helm printed after the last `Error:`, on one line; undefined if it printed nothing. */
function reasonIn(stderr: string): string | undefined {
  const text = stderr.slice(stderr.lastIndexOf('Error: ') + 1).replace(/^rror: /, '');
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('Use --debug flag'));
  const reason = lines.join('; ');
  return reason === '' ? undefined : reason.length > maxReason ? `${reason.slice(0, maxReason)}…` : reason;
}

function helmMissing(program: string, cause: unknown): RkeError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why = code === 'ENOENT' ? 'not found' : code === 'EACCES' ? 'not executable' : messageOf(cause);
  return new RkeError(
    'HELM_MISSING',
    `addons_helm needs the program helm on this machine, and ${program} is ${why}`,
    {
      fix: 'install helm 3.8 or newer (https://helm.sh/docs/intro/install), or set RKE_HELM to its path',
      cause,
    },
  );
}

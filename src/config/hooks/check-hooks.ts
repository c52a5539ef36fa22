import type { DiagnosticCode } from '../../core/codes/diagnostic-codes.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { parseGoDuration } from '../../core/go-duration.js';
import type { HookAction, HookSpec } from '../hook-spec.js';

/** An entry of hooks.yml as the schema reads it: every key may be missing, and list elements may be empty. */
export type WrittenHook = Partial<Omit<HookSpec, 'action' | 'timeoutSeconds'>> & {
  readonly run?: readonly string[];
  readonly url?: string;
  readonly headerFile?: string;
  readonly caFile?: string;
  readonly timeout?: string;
};

const defaultSeconds = 60;
const mostSeconds = 24 * 3600;
const longestName = 80;

export interface CheckedHooks {
  readonly hooks: readonly HookSpec[];
  readonly findings: readonly Diagnostic[];
}

/**
 * Checks what the schema does not know of: keys that are required, and that exclude each other.
 *
 * @param isUnread true for a path that the schema has refused: it is not reported a second time
 */
export function checkHooks(
  written: readonly WrittenHook[],
  isUnread: (path: string) => boolean,
): CheckedHooks {
  const findings: Diagnostic[] = [];
  const names = new Map<string, number>();
  const hooks = written.map((hook, index): HookSpec => {
    const at = `hooks[${index}]`;
    const report = (code: DiagnosticCode, key: keyof typeof keys | '', message: string): void => {
      const path = key === '' ? at : `${at}.${keys[key]}`;
      const about = key === '' ? [at, `${at}.run`, `${at}.url`] : [at, path];
      if (!about.some(isUnread)) findings.push({ severity: 'error', code, path, message });
    };
    const name = hook.name ?? `hook ${index + 1}`;
    checkName(name, names.get(name), report);
    names.set(name, index);
    checkPlace(hook, report);
    return {
      name,
      when: hook.when ?? 'before',
      for: hook.for ?? 'node',
      ...(hook.stage === undefined ? {} : { stage: hook.stage }),
      ...(hook.nodes === undefined ? {} : { nodes: hook.nodes }),
      ...(hook.roles === undefined ? {} : { roles: hook.roles }),
      action: readAction(hook, report),
      timeoutSeconds: readTimeout(hook.timeout, report),
    };
  });
  return { hooks, findings };
}

const keys = {
  ...{ name: 'name', when: 'when', for: 'for', stage: 'stage', nodes: 'nodes', roles: 'roles' },
  ...{ run: 'run', url: 'url', headerFile: 'header_file', caFile: 'ca_file', timeout: 'timeout' },
} as const;

type Report = (code: DiagnosticCode, key: keyof typeof keys | '', message: string) => void;

function checkName(name: string, twin: number | undefined, report: Report): void {
  if (twin !== undefined) report('bad-name', 'name', `hooks[${twin}] has the name "${name}", too`);
  if (!/^\S(?:[^\p{Cc}]*\S)?$/u.test(name) || name.length > longestName)
    report('bad-name', 'name', `expected one line of at most ${longestName} characters`);
}

function checkPlace(hook: WrittenHook, report: Report): void {
  if (hook.when === undefined) report('missing', 'when', 'missing; expected before or after');
  if (hook.for === undefined) report('missing', 'for', 'missing; expected node or stage');
  if (hook.for === 'stage') {
    if (hook.stage === undefined) report('missing', 'stage', 'missing; `for: stage` requires a stage');
    for (const key of ['nodes', 'roles'] as const)
      if (hook[key] !== undefined) report('not-allowed', key, 'only with `for: node`');
  }
  for (const key of ['nodes', 'roles'] as const)
    if (hook[key]?.length === 0) report('missing', key, 'empty; remove the key to select all nodes');
}

function readAction(hook: WrittenHook, report: Report): HookAction {
  const { run, url, headerFile, caFile } = hook;
  if (run === undefined && url === undefined) report('missing', '', 'expected run or url');
  if (run !== undefined && url !== undefined) report('not-allowed', 'url', 'not together with run');
  if (run !== undefined) checkRun(run, report);
  if (url !== undefined) checkUrl(url, headerFile, report);
  for (const key of ['headerFile', 'caFile'] as const) {
    if (hook[key] !== undefined && url === undefined) report('not-allowed', key, 'only with url');
    if (hook[key] === '') report('missing', key, 'empty; expected the path of a file');
  }
  const [program = '', ...args] = run ?? [];
  if (url === undefined) return { run: [program, ...args] };
  return {
    url,
    ...(headerFile === undefined ? {} : { headerFile }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

function checkRun(run: readonly string[], report: Report): void {
  if ((run[0] ?? '').trim() === '')
    report('missing', 'run', 'expected the program and its arguments, e.g. [./hook.sh, drain]');
  if (run.some((part) => part.includes('\0'))) report('not-allowed', 'run', 'contains a null character');
}

function checkUrl(url: string, headerFile: string | undefined, report: Report): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // The URL is not repeated: it may contain a token.
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    report('bad-url', 'url', 'invalid URL; expected https:// or http://');
    return;
  }
  if (parsed.username !== '' || parsed.password !== '')
    report('bad-url', 'url', 'contains credentials; put them into header_file');
  if (headerFile !== undefined && parsed.protocol === 'http:')
    report(
      'bad-url',
      'url',
      'expected https://, because http:// sends the headers of header_file unencrypted',
    );
}

function readTimeout(text: string | undefined, report: Report): number {
  if (text === undefined) return defaultSeconds;
  const seconds = parseGoDuration(text);
  if (seconds === undefined || seconds < 1 || seconds > mostSeconds)
    report('bad-duration', 'timeout', `invalid duration "${text}"; expected 1s to 24h, e.g. 90s or 5m`);
  return seconds ?? defaultSeconds;
}

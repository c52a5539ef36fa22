import { dirname, isAbsolute, resolve } from 'node:path';
import type { PostAction, RunAction } from '../../config/hook-spec.js';
import { hookError } from '../../core/errors.js';
import { redacted } from '../../core/redact.js';
import type { CallHook } from '../../execute/run-context.js';
import { nameOf } from '../download.js';
import { readTextFile } from '../read-text-file.js';
import { parseHeaders } from './header-file.js';
import { postJson } from './post-json.js';
import { runProgram } from './run-program.js';

/** A run that has nothing left to change runs no hooks. */
const againTexts = {
  before: 'then run the same command again',
  after:
    'then run the same command again; if it finds nothing left to change there, it does not run the hook, so run it yourself',
} as const;

/**
 * Creates the function that runs hooks.
 *
 * @param hooksFile path of hooks.yml: programs run in its directory, and paths are relative to it
 */
export function createHookCaller(hooksFile: string): CallHook {
  const directory = dirname(resolve(hooksFile));
  return async ({ hook, when, action, timeoutSeconds }, json, { signal }) => {
    const again = againTexts[when];
    const call = { of: ` (hook ${hook})`, again, directory, json, seconds: timeoutSeconds, signal };
    await ('run' in action ? callProgram(action, call) : callUrl(action, call));
  };
}

interface Call {
  /** The end of messages. */
  readonly of: string;
  /** The end of fixes. */
  readonly again: string;
  readonly directory: string;
  readonly json: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

async function callProgram(
  { run: [name, ...args] }: RunAction,
  { of, again, directory, json, seconds, signal }: Call,
): Promise<void> {
  const isPath = name.includes('/') && !isAbsolute(name);
  const end = await runProgram({
    program: isPath ? resolve(directory, name) : name,
    args,
    directory,
    env: withoutSecrets(process.env),
    input: json,
    milliseconds: seconds * 1000,
    signal,
  });
  switch (end.kind) {
    case 'exited':
      if (end.code === 0) return;
      throw hookError('HOOK_FAILED', `${name} ended with exit code ${end.code}${of}`, {
        evidence: end.lines,
        fix: `fix what its output names, ${again}`,
      });
    case 'killed':
      throw hookError('HOOK_FAILED', `${name} was ended by ${end.by}${of}`, {
        evidence: end.lines,
        fix: `fix what its output names, ${again}`,
      });
    case 'timed-out':
      throw hookError('HOOK_TIMEOUT', `${name} did not end within ${seconds} s and was stopped${of}`, {
        evidence: end.lines,
        fix: longer(again),
      });
    case 'not-started':
      throw hookError('HOOK_NOT_STARTED', `cannot start ${name} in ${directory}: ${end.why}${of}`, {
        fix: `fix \`run\` in hooks.yml, ${again}`,
      });
  }
}

const longer = (again: string): string => `fix the cause, or set a longer \`timeout\` in hooks.yml, ${again}`;

/** Passphrases of rke are not for programs of others. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('RKE_')));
}

async function callUrl(
  { url, headerFile, caFile }: PostAction,
  { of, again, directory, json, seconds, signal }: Call,
): Promise<void> {
  const name = nameOf(url);
  const headers = headerFile === undefined ? {} : await readHeaders(resolve(directory, headerFile), again);
  const ca = caFile === undefined ? undefined : await readNamed('ca_file', resolve(directory, caFile), again);
  const end = await postJson({ url, headers, ca, json, milliseconds: seconds * 1000, signal });
  switch (end.kind) {
    case 'answered': {
      if (end.status < 300) return;
      const secrets = Object.values(headers);
      throw hookError('HOOK_FAILED', `${name} answered with status ${end.status}${of}`, {
        evidence: end.lines.map((line) => hide(line, secrets)),
        fix: `fix what the answer names, ${again}`,
      });
    }
    case 'timed-out':
      throw hookError('HOOK_TIMEOUT', `no answer of ${name} within ${seconds} s${of}`, {
        fix: longer(again),
      });
    case 'not-reached':
      throw hookError('HOOK_NOT_STARTED', `cannot reach ${name}: ${end.why}${of}`, {
        fix: `fix \`url\` or \`ca_file\` in hooks.yml, ${again}`,
      });
  }
}

async function readHeaders(path: string, again: string): Promise<Readonly<Record<string, string>>> {
  const read = parseHeaders(await readNamed('header_file', path, again));
  if (read.ok) return read.headers;
  throw hookError('HOOK_NOT_STARTED', `${path}:${read.line} is not a header`, {
    fix: `write \`Name: value\` on each line, ${again}`,
  });
}

async function readNamed(key: string, path: string, again: string): Promise<string> {
  const read = await readTextFile(path, 1);
  if (read.ok) return read.text;
  throw hookError('HOOK_NOT_STARTED', `cannot read ${key} ${path}: ${read.why}`, {
    fix: `fix \`${key}\` in hooks.yml, ${again}`,
  });
}

/** An answer may quote what it was sent. Short values are words that may be anywhere. */
function hide(line: string, secrets: readonly string[]): string {
  const parts = secrets
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter(({ length }) => length >= 8);
  return parts.reduce((text, secret) => text.replaceAll(secret, redacted), line);
}

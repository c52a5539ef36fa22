import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { NodeSpec } from '../../config/cluster-spec.js';
import type { HookSpec } from '../../config/hook-spec.js';
import { parseHooks, type ParsedHooks } from '../../config/hooks/parse-hooks.js';
import { matchesNode } from '../../config/match-node.js';
import { ConfigError } from '../../core/config-error.js';
import type { Diagnostic } from '../../core/diagnostic.js';
import { usageError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import { readTextFile } from '../read-text-file.js';
import { parseHeaders } from './header-file.js';

/**
 * Reads the hooks of `--hooks`. Starts none.
 *
 * @param file undefined: there are none
 * @param nodes of cluster.yml, and those that leave
 * @throws ConfigError (exit 3) with all errors of the file; RkeError (exit 2) if it cannot be read
 */
export async function loadHooks(
  file: string | undefined,
  nodes: readonly NodeSpec[],
): Promise<readonly HookSpec[]> {
  if (file === undefined) return [];
  const read = await readTextFile(file, 1);
  if (!read.ok)
    throw usageError(`cannot read ${file}: ${read.why}`, { fix: 'name a file of hooks with --hooks' });
  const parsed = parseHooks(read.text);
  if (!parsed.ok) throw new ConfigError(file, read.text, parsed.diagnostics);
  const { hooks } = parsed.value;
  const faults = [...refuseUnknownNodes(parsed.value, nodes), ...(await refuseFiles(file, parsed.value))];
  if (faults.length > 0) throw new ConfigError(file, read.text, faults);
  return hooks;
}

function refuseUnknownNodes({ hooks, positionOf }: ParsedHooks, nodes: readonly NodeSpec[]): Diagnostic[] {
  const all = nodes.flatMap(({ address, hostnameOverride }) => [hostnameOverride, address]);
  return hooks.flatMap(({ nodes: named = [] }, index) =>
    named.flatMap((name, at): Diagnostic[] => {
      if (nodes.some((node) => matchesNode(node, name))) return [];
      const message = `cluster.yml has no node ${name}${didYouMean(name, [...new Set(all)])}`;
      return [faultAt(`hooks[${index}].nodes[${at}]`, { code: 'unknown-value', message }, positionOf)];
    }),
  );
}

/** Files that a hook needs later, so that a run does not stop halfway for a missing one. */
async function refuseFiles(file: string, { hooks, positionOf }: ParsedHooks): Promise<Diagnostic[]> {
  const checks = hooks.map(async ({ action }, index): Promise<Diagnostic[]> => {
    if (!('url' in action)) {
      const message = await refuseProgram(dirname(file), action.run[0]);
      if (message === undefined) return [];
      return [faultAt(`hooks[${index}].run`, { code: 'not-readable', message }, positionOf)];
    }
    const { headerFile, caFile } = action;
    const check = async (key: string, path: string | undefined): Promise<Diagnostic[]> => {
      if (path === undefined) return [];
      const read = await readTextFile(resolve(dirname(file), path), 1);
      const headers = read.ok && key === 'header_file' ? parseHeaders(read.text) : undefined;
      const message = !read.ok
        ? `cannot read ${path}: ${read.why}`
        : headers?.ok === false
          ? `line ${headers.line} of ${path} is not a header; expected \`Name: value\``
          : undefined;
      const fault = message === undefined ? [] : [{ code: 'not-readable' as const, message }];
      return fault.map((one) => faultAt(`hooks[${index}].${key}`, one, positionOf));
    };
    return [...(await check('header_file', headerFile)), ...(await check('ca_file', caFile))];
  });
  return (await Promise.all(checks)).flat();
}

/** Why a program that is named by its path cannot be started; one of the PATH may be added by a hook before. */
async function refuseProgram(folder: string, program: string): Promise<string | undefined> {
  if (!program.includes('/')) return undefined;
  try {
    await access(resolve(folder, program), constants.X_OK);
    return undefined;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'EACCES' ? 'not executable' : 'no such file';
    return `cannot start ${program}: ${why}`;
  }
}

function faultAt(
  path: string,
  { code, message }: Pick<Diagnostic, 'code' | 'message'>,
  positionOf: ParsedHooks['positionOf'],
): Diagnostic {
  const position = positionOf(path);
  return { severity: 'error', code, path, ...(position === undefined ? {} : { position }), message };
}

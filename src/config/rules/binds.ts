import { posix } from 'node:path';
import { componentsOf, type Component } from './components.js';
import { builtInBinds } from './built-in-binds.js';
import { invalidChoice, refusal, warning, type Finding, type Rule } from './rule.js';

/** `extra_binds` that Docker refuses when it creates the container, or that do something else than intended. */
export const bindRules: Rule = ({ spec, lineOf }) =>
  componentsOf(spec).flatMap((component) =>
    checkComponent(component, { builtIn: builtInBinds(component, spec), lineOf }),
  );

interface Known {
  readonly builtIn: readonly string[];
  readonly lineOf: (path: string) => number | undefined;
}

function checkComponent({ path, name, service }: Component, { builtIn, lineOf }: Known): Finding[] {
  const targets = new Map<string, string>();
  const add = (bind: string, usage: string): void => {
    const target = cleanTarget(bind.split(':')[1] ?? '');
    if (!targets.has(target)) targets.set(target, usage);
  };
  if (name !== 'etcd') targets.set('/opt/rke-tools', `already mounted in ${name} (rke-tools)`);
  for (const bind of builtIn) add(bind, `already mounted in ${name} (${bind})`);
  const seen = new Set(builtIn);
  return (service.extraBinds ?? []).flatMap((text, index): Finding[] => {
    const bind = text.trim();
    // RKE drops empty entries and duplicates.
    if (bind === '' || seen.has(bind)) return [];
    seen.add(bind);
    const where = `${path}.extra_binds[${index}]`;
    const fault = bindFault(bind);
    if (fault !== undefined) return [refusal('bad-bind', where, `invalid bind "${bind}": ${fault}`)];
    const target = cleanTarget(bind.split(':')[1] ?? '');
    const other = targets.get(target);
    if (other !== undefined)
      return [
        refusal(
          'duplicate-mount',
          where,
          `invalid bind "${bind}": ${target} is ${other}; remove the bind, or use another target`,
        ),
      ];
    const line = lineOf(where);
    add(bind, `already the target of "${bind}"${line === undefined ? '' : ` (line ${line})`}`);
    return checkSource(bind, where);
  });
}

/** Why Docker refuses `source:target[:mode]`, and what to write instead. */
function bindFault(bind: string): string | undefined {
  const [source = '', target, mode, ...rest] = bind.split(':');
  if (rest.length > 0) return `expected source:target or source:target:mode, got ${rest.length + 3} parts`;
  if (target === undefined)
    return `missing target; write ${source.startsWith('/') ? `${source}:${source}` : `/…:${source}`} to mount a directory of the host`;
  if (
    mode === undefined &&
    !target.startsWith('/') &&
    target !== '' &&
    modeFault(target) === undefined &&
    source.startsWith('/')
  )
    return `missing target; write ${source}:${source}:${target}`;
  return sourceFault(source) ?? targetFault(target) ?? modeFault(mode ?? '');
}

function sourceFault(source: string): string | undefined {
  if (source.startsWith('/') || isVolumeName(source)) return undefined;
  return source === ''
    ? 'missing source; expected an absolute path on the host'
    : `expected an absolute path on the host, got "${source}"`;
}

function targetFault(target: string): string | undefined {
  if (!target.startsWith('/'))
    return target === ''
      ? 'missing target; expected an absolute path in the container'
      : `expected an absolute path in the container, got "${target}"`;
  return cleanTarget(target) === '/' ? 'the root directory of a container cannot be a target' : undefined;
}

/** Docker's modes (volume/mounts/linux_parser.go); at most one of each group. */
const modeGroups = [
  ['rw', 'ro'],
  ['z', 'Z'],
  ['shared', 'rshared', 'slave', 'rslave', 'private', 'rprivate'],
  ['nocopy'],
  ['consistent', 'cached', 'delegated'],
];

function modeFault(mode: string): string | undefined {
  if (mode === '') return undefined;
  const given = mode.split(',');
  const unknown = given.find((one) => !modeGroups.flat().includes(one));
  if (unknown !== undefined) return invalidChoice('mode', unknown, modeGroups.flat());
  const both = modeGroups
    .map((group) => given.filter((one) => group.includes(one)))
    .find((ofGroup) => ofGroup.length > 1);
  return both === undefined ? undefined : `the modes ${both.join(' and ')} are mutually exclusive`;
}

/** Docker reads a source without a slash as the name of a volume, and creates an empty one. */
function checkSource(bind: string, where: string): Finding[] {
  const [source = ''] = bind.split(':');
  return source.startsWith('/')
    ? []
    : [
        warning(
          'named-volume',
          where,
          `"${bind}": "${source}" is a Docker volume, not a directory of the host; if you mean a directory, write its absolute path`,
        ),
      ];
}

const isVolumeName = (text: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text);

/** The form in which Docker compares mount points: without `..`, double slashes and a trailing slash. */
function cleanTarget(target: string): string {
  const normal = posix.normalize(target);
  return normal === '/' ? normal : normal.replace(/\/+$/, '');
}

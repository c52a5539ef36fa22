import { posix } from 'node:path';
import { componentsOf, type Component } from './components.js';
import { ownBinds } from './own-binds.js';
import { didYouMean, refusal, warning, type Finding, type Rule } from './rule.js';

/** `extra_binds` that Docker refuses when it creates the container, or that do something else than they seem to. */
export const bindRules: Rule = ({ spec, lineOf }) =>
  componentsOf(spec).flatMap((component) =>
    componentFindings(component, { own: ownBinds(component, spec), lineOf }),
  );

interface Known {
  readonly own: readonly string[];
  readonly lineOf: (path: string) => number | undefined;
}

function componentFindings({ path, name, service }: Component, { own, lineOf }: Known): Finding[] {
  const targets = new Map<string, string>();
  const add = (bind: string, what: string): void => {
    const target = cleanTarget(bind.split(':')[1] ?? '');
    if (!targets.has(target)) targets.set(target, what);
  };
  if (name !== 'etcd') targets.set('/opt/rke-tools', `a mount point that ${name} has anyway (RKE's tools)`);
  for (const bind of own) add(bind, `a mount point that ${name} has anyway (${bind})`);
  const seen = new Set(own);
  return (service.extraBinds ?? []).flatMap((text, index): Finding[] => {
    const bind = text.trim();
    // RKE drops what is empty and what it has already.
    if (bind === '' || seen.has(bind)) return [];
    seen.add(bind);
    const where = `${path}.extra_binds[${index}]`;
    const fault = bindFault(bind);
    if (fault !== undefined) return [refusal('bad-bind', where, `"${bind}": ${fault}`)];
    const target = cleanTarget(bind.split(':')[1] ?? '');
    const other = targets.get(target);
    if (other !== undefined)
      return [
        refusal(
          'duplicate-mount',
          where,
          `"${bind}": ${target} is ${other}; remove it, or use another target`,
        ),
      ];
    const line = lineOf(where);
    add(bind, `the target of "${bind}" as well${line === undefined ? '' : ` (line ${line})`}`);
    return volumeFindings(bind, where);
  });
}

/** What Docker finds wrong with `source:target[:mode]`, and what to write instead. */
function bindFault(bind: string): string | undefined {
  const [source = '', target, mode, ...rest] = bind.split(':');
  if (rest.length > 0) return 'expected source:target or source:target:mode, got more parts';
  if (target === undefined)
    return `no target; write ${source.startsWith('/') ? `${source}:${source}` : `/…:${source}`} to mount a directory of the host`;
  if (
    mode === undefined &&
    !target.startsWith('/') &&
    target !== '' &&
    modeFault(target) === undefined &&
    source.startsWith('/')
  )
    return `no target; write ${source}:${source}:${target}`;
  return sourceFault(source) ?? targetFault(target) ?? modeFault(mode ?? '');
}

function sourceFault(source: string): string | undefined {
  if (source.startsWith('/') || isVolumeName(source)) return undefined;
  return source === ''
    ? 'no source; expected an absolute path on the host'
    : `expected an absolute path on the host, got "${source}"`;
}

function targetFault(target: string): string | undefined {
  if (!target.startsWith('/'))
    return target === ''
      ? 'no target behind the colon; expected an absolute path in the container'
      : `expected an absolute path in the container, got "${target}"`;
  return cleanTarget(target) === '/' ? 'nothing can be mounted on the root of a container' : undefined;
}

/** Modes of Docker (volume/mounts/linux_parser.go); of each group at most one. */
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
  if (unknown !== undefined) return `"${unknown}" is not a mode${didYouMean(unknown, modeGroups.flat())}`;
  const both = modeGroups
    .map((group) => given.filter((one) => group.includes(one)))
    .find((ofGroup) => ofGroup.length > 1);
  return both === undefined ? undefined : `the modes ${both.join(' and ')} exclude each other`;
}

/** Docker takes a source without a slash for the name of a volume of its own, and creates it empty. */
function volumeFindings(bind: string, where: string): Finding[] {
  const [source = ''] = bind.split(':');
  return source.startsWith('/')
    ? []
    : [
        warning(
          'named-volume',
          where,
          `"${bind}": "${source}" is a volume of Docker, not a directory of the host; write an absolute path if one is meant`,
        ),
      ];
}

const isVolumeName = (text: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(text);

/** As Docker compares mount points: without `..`, double slashes and a slash at the end. */
function cleanTarget(target: string): string {
  const normal = posix.normalize(target);
  return normal === '/' ? normal : normal.replace(/\/+$/, '');
}

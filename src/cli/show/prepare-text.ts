import type { PreparedHost, PreparePlan } from '../../commands/prepare/prepare-plan.js';
import type { ByHand, PrepareStep } from '../../reconcile/prepare/prepare-step.js';
import { HostGroups } from '../../report/host-groups.js';
import { widest, type ScreenLook } from '../../report/screen-look.js';
import { oneLine, type Style } from '../../report/style.js';
import { count, foldTo } from '../../report/wording.js';
import { wrap } from '../../report/wrap.js';

/** What is done on a host, without the host. */
type Work = Omit<PreparedHost, 'address' | 'name'>;

/** Formats the steps of each host; hosts with the same ones are printed once. Ends with a line break. */
export function formatPrepare(plan: PreparePlan, { style, width = widest, verbose }: ScreenLook): string {
  const { cluster, hosts, unreached } = plan;
  const groups = new HostGroups<Work>();
  for (const { address, name, ...work } of hosts)
    if (hasWork(work)) groups.add(name === address ? address : `${name} (${address})`, work);
  const lines = [
    style.strong(`cluster ${cluster} · ${count(hosts.length + unreached.length, 'host')} · `) +
      resultOf(plan, style),
    ...groups.all.flatMap(({ line, hosts: names }) => {
      const who = verbose === true ? names.join(', ') : foldTo(width / 2, names);
      const as = line.user === 'root' ? 'as root' : `with sudo by ${line.user}`;
      const how = line.steps.length === 0 ? '' : ` · ${as}`;
      const head = wrap(`${who} · ${line.distribution}${how}`, width, 2);
      return ['', ...head.map((one) => style.strong(one)), ...workLines(line, { style, width })];
    }),
    ...unreached.flatMap(({ host, message }) => ['', style.bad(`✗ ${host}: ${oneLine(message)}`)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const hasWork = ({ steps, byHand }: Work): boolean => steps.length + byHand.length > 0;

function resultOf({ hosts, unreached }: PreparePlan, style: Style): string {
  const steps = hosts.reduce((sum, host) => sum + host.steps.length, 0);
  const byHand = hosts.reduce((sum, host) => sum + host.byHand.length, 0);
  const parts = [
    ...(steps === 0 ? [] : [count(steps, 'step')]),
    ...(byHand === 0 ? [] : [style.warn(`${byHand} to do by hand`)]),
    ...(unreached.length === 0 ? [] : [style.bad(`${unreached.length} not reached`)]),
  ];
  return parts.length === 0 ? style.good('nothing to do') : parts.join(', ');
}

function workLines(
  { steps, byHand }: Work,
  look: { readonly style: Style; readonly width: number },
): string[] {
  return [
    ...steps.flatMap((step, index) => stepLines(step, index + 1, look)),
    ...byHand.flatMap((one) => byHandLines(one, look)),
  ];
}

function stepLines(
  { title, why, commands, check }: PrepareStep,
  number: number,
  { width }: { readonly width: number },
): string[] {
  const [first = '', ...rest] = commands;
  return [
    `  ${number}. ${oneLine(title)}`,
    ...wrap(`     why    ${oneLine(why)}`, width, 12),
    // A command is not broken, because it may be copied.
    `     run    ${oneLine(first)}`,
    ...rest.map((command) => `            ${oneLine(command)}`),
    ...wrap(`     check  ${oneLine(check)}`, width, 12),
  ];
}

function byHandLines(
  { message, why, fix }: ByHand,
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const [first = '', ...rest] = wrap(`  ! by hand: ${oneLine(message)}`, width, 4);
  return [
    style.warn(first),
    ...rest,
    ...wrap(`     why    ${oneLine(why)}`, width, 12),
    ...wrap(`     fix    ${oneLine(fix)}`, width, 12),
  ];
}

import type { DoctorFinding, DoctorReport } from '../../commands/doctor/doctor-report.js';
import { HostGroups } from '../../report/host-groups.js';
import { widest, type ScreenLook } from '../../report/screen-look.js';
import { oneLine, type Style } from '../../report/style.js';
import { count, fold, foldTo } from '../../report/wording.js';
import { wrap } from '../../report/wrap.js';

const mostFindings = 20;

/** Formats findings, errors first: what, why it matters, and what to do; the same of several hosts once. Ends with a line break. */
export function formatDoctor(report: DoctorReport, { style, width = widest, verbose }: ScreenLook): string {
  const { cluster, hosts, findings, notExamined } = report;
  const names = new Map(hosts.map(({ address, name }) => [address, name]));
  const groups = new HostGroups<Omit<DoctorFinding, 'host'>>();
  for (const { host = '', ...finding } of findings) groups.add(host, finding);
  const shown = verbose === true ? groups.all : groups.all.slice(0, mostFindings);
  const rest = groups.size - shown.length;
  const result =
    findings.length === 0 ? style.good('nothing found') : style.bad(count(groups.size, 'finding'));
  const lines = [
    style.strong(`cluster ${cluster} · ${count(hosts.length, 'host')} · `) + result,
    ...shown.flatMap(({ line, hosts: addresses }) => {
      const who = addresses
        .filter((address) => address !== '')
        .map((address) => describeHost(address, names.get(address)));
      return ['', ...findingLines(line, who, { style, width })];
    }),
    ...(rest > 0 ? ['', `… ${count(rest, 'finding')} more (-v)`] : []),
    ...notExamined.flatMap(({ part, reason }) => [
      '',
      ...wrap(`not examined: ${part}: ${oneLine(reason)}`, width, 14),
    ]),
    '',
    ...wrap(summarize(report), width),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const describeHost = (address: string, name: string | undefined): string =>
  name === undefined || name === address ? address : `${name} (${address})`;

function findingLines(
  { part, severity, message, why, fix }: Omit<DoctorFinding, 'host'>,
  who: readonly string[],
  { style, width }: { readonly style: Style; readonly width: number },
): string[] {
  const [mark, colour] = severity === 'error' ? ['✗', style.bad] : ['!', style.warn];
  const at = who.length === 0 ? '' : ` on ${foldTo(width / 2, who)}`;
  const [first = '', ...others] = wrap(`${mark} ${part}${at}: ${oneLine(message)}`, width, 2);
  return [
    colour(first),
    ...others,
    ...wrap(`    why  ${oneLine(why)}`, width, 9),
    ...wrap(`    fix  ${oneLine(fix)}`, width, 9),
  ];
}

function summarize({ hosts }: DoctorReport): string {
  const texts = {
    ok: 'ok',
    warning: 'with warnings',
    error: 'with errors',
    unreachable: 'not reached',
  } as const;
  const statuses = ['ok', 'warning', 'error', 'unreachable'] as const;
  return statuses
    .flatMap((status) => {
      const names = hosts.filter((host) => host.status === status).map(({ name }) => name);
      return names.length === 0 ? [] : [`${texts[status]}: ${fold(names)}`];
    })
    .join('; ');
}

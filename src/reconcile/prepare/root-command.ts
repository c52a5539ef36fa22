import { quoteForShell } from '../../core/shell-quote.js';
import type { PrepareStep } from './prepare-step.js';

/** Where the host keeps what the last attempt of a step has printed. */
export const stepLog = ({ part }: Pick<PrepareStep, 'part'>): string => `/var/log/rke-prepare-${part}.log`;

/**
 * The command line that does a step as root. Its output goes to a file of the host, so that a lost connection does not end an
 * installation half-way; of a step that fails, the command that failed (`+ …`) and the last lines are printed.
 *
 * @param usesSudo for a login that is not root; sudo never asks
 */
export function rootCommand(step: PrepareStep, { usesSudo }: { readonly usesSudo: boolean }): string {
  // Commands are printed before they run, so that the output shows which one failed: after the proxies, which may have passwords.
  const script = ['set -e', ...proxies, 'set -x', ...step.commands].join('; ');
  const words = [stepLog(step), script].map(quoteForShell).join(' ');
  return `${usesSudo ? 'sudo -n ' : ''}sh -c '${runLogged}' rke ${words}`;
}

/** The command line that prints the last lines of a step that has not ended. */
export function tailCommand(step: PrepareStep, { usesSudo }: { readonly usesSudo: boolean }): string {
  return `${usesSudo ? 'sudo -n ' : ''}tail -n 5 ${stepLog(step)}`;
}

const runLogged = [
  'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"',
  'export PATH',
  '(umask 077; : >"$1")',
  'umask 022',
  'sh -c "$2" </dev/null >"$1" 2>&1',
  'code=$?',
  '[ "$code" -eq 0 ] || { grep "^+ " "$1" | tail -n 1; tail -n 15 "$1"; }',
  'exit "$code"',
].join('; ');

/** sudo drops the proxies of the host, which are usually in /etc/environment. They may have a password, so they are read there. */
const proxies = [
  'for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do ' +
    `value="$(sed -n "s/^\\(export \\)\\{0,1\\}$name=//p" /etc/environment 2>/dev/null | tail -n 1 | tr -d "\\"'")"; ` +
    '[ -z "$value" ] || export "$name=$value"; done',
];

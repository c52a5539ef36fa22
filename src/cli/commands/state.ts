import { decryptState, encryptState, type ConvertedState } from '../../commands/state/encrypt.js';
import { listStates } from '../../commands/state/list.js';
import { showState } from '../../commands/state/show.js';
import { verifyState } from '../../commands/state/verify.js';
import { exitCodes, RkeError } from '../../core/errors.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { openState } from '../../run/state/open-state.js';
import type { CommandContext } from '../command-context.js';
import { readFileOptions, type FileFlags } from '../options/file-options.js';
import { formatColumns } from '../show/columns.js';
import { formatStateSummary } from '../show/state-summary.js';
import { toVersionRows } from '../show/version-rows.js';

/** Flags of all commands under `rke state`. */
export interface StateCommandFlags extends FileFlags {
  readonly output?: 'text' | 'json';
}

/** `rke state show`. */
export async function show(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { state, location, isEncrypted } = await showState(await readFileOptions(flags, context));
  const text = (): string => formatStateSummary(state, { location, isSealed: isEncrypted, now: new Date() });
  context.io.stdout.write(flags.output === 'json' ? json(state) : text());
  return exitCodes.ok;
}

/** `rke state verify`. @returns 4 if `rke up` would stop because of the state */
export async function verify(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { stdout } = context.io;
  const options = await readFileOptions(flags, context);
  const { location } = openState(options);
  try {
    const report = await verifyState(options);
    const isGood = report.faults.length === 0;
    if (flags.output === 'json') stdout.write(json({ file: location, isGood, ...report }));
    else {
      for (const { code, message } of report.faults) stdout.write(`fault: ${message} (${code})\n`);
      for (const warning of report.warnings) stdout.write(`warning: ${warning}\n`);
      stdout.write(`${location} is ${isGood ? 'valid' : 'invalid'}\n`);
    }
    return isGood ? exitCodes.ok : exitCodes.state;
  } catch (error) {
    if (flags.output !== 'json' || !(error instanceof RkeError)) throw error;
    const { code, message, fix, exitCode } = error;
    stdout.write(json({ file: location, isGood: false, faults: [{ code, message, fix }], warnings: [] }));
    return exitCode;
  }
}

/** `rke state list`. */
export async function list(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { stdout } = context.io;
  const options = await readFileOptions(flags, context);
  const versions = await listStates(options);
  if (flags.output === 'json') stdout.write(json(versions));
  else if (versions.length === 0) stdout.write(`no state file at ${openState(options).location}\n`);
  else stdout.write(formatColumns(toVersionRows(versions)));
  return exitCodes.ok;
}

/** `rke state encrypt`. */
export function encrypt(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  return convert(flags, context, { run: encryptState, done: 'encrypted' });
}

/** `rke state decrypt`. */
export function decrypt(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  return convert(flags, context, { run: decryptState, done: 'decrypted' });
}

async function convert(
  flags: StateCommandFlags,
  context: CommandContext,
  { run, done }: { readonly run: (options: FileOptions) => Promise<ConvertedState>; readonly done: string },
): Promise<number> {
  const { stdout } = context.io;
  const { location, changed } = await run(await readFileOptions(flags, context));
  for (const path of changed) stdout.write(`${path} is ${done}\n`);
  if (changed.length === 0) stdout.write(`${location} and its history are already ${done}\n`);
  return exitCodes.ok;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

import { exitCodes, RkeError, usageError } from '../../core/errors.js';
import { nodeFileSystem } from '../../state/file-system.js';
import { createFileStore, type FileStore } from '../../state/file-store.js';
import { columns } from '../show/columns.js';
import type { CommandContext } from '../command-context.js';
import { lockState } from '../../run/state/lock-state.js';
import { redactState } from '../show/redact-state.js';
import { openState, requireState, type StateCommandFlags as Flags } from '../state-of.js';
import type { StateOptions } from '../../run/state/state-options.js';
import { summaryOf } from '../show/state-summary.js';
import { stateVersions, versionRows } from '../../commands/state/state-versions.js';
import { verifyState } from '../../commands/state/verify-state.js';

/** Flags of all commands under `rke state`. */
export interface StateCommandFlags extends Flags {
  readonly output?: 'text' | 'json';
}

/** `rke state show`: what the state says, without its secrets. */
export async function showState(flags: StateCommandFlags, { io }: CommandContext): Promise<number> {
  const { store } = await openState(flags, io);
  const state = redactState(await requireState(store));
  const isSealed = (await store.read(store.location))?.isSealed === true;
  const text = (): string => summaryOf(state, { location: store.location, isSealed, now: new Date() });
  io.stdout.write(flags.output === 'json' ? json(state) : text());
  return exitCodes.ok;
}

/** `rke state verify`: would a run go on with it? @returns 4 where it would not */
export async function verify(flags: StateCommandFlags, { io }: CommandContext): Promise<number> {
  const { store } = await openState(flags, io);
  const { location } = store;
  try {
    const state = await requireState(store);
    const mode = (await nodeFileSystem.facts(location))?.mode ?? 0o600;
    const report = await verifyState(state, { store, mode, now: new Date() });
    const isGood = report.faults.length === 0;
    if (flags.output === 'json') io.stdout.write(json({ file: location, isGood, ...report }));
    else {
      for (const { code, message } of report.faults) io.stdout.write(`fault: ${message} (${code})\n`);
      for (const warning of report.warnings) io.stdout.write(`warning: ${warning}\n`);
      io.stdout.write(`${location} ${isGood ? 'can be built on' : 'cannot be built on'}\n`);
    }
    return isGood ? exitCodes.ok : exitCodes.state;
  } catch (error) {
    if (flags.output !== 'json' || !(error instanceof RkeError)) throw error;
    const { code, message, fix, exitCode } = error;
    io.stdout.write(json({ file: location, isGood: false, faults: [{ code, message, fix }], warnings: [] }));
    return exitCode;
  }
}

/** `rke state list`: the state and its previous versions, youngest first. */
export async function listStates(flags: StateCommandFlags, { io }: CommandContext): Promise<number> {
  const { store } = await openState(flags, io);
  const versions = await stateVersions(store);
  if (flags.output === 'json') io.stdout.write(json(versions));
  else if (versions.length === 0) io.stdout.write(`no state file at ${store.location}\n`);
  else io.stdout.write(columns(versionRows(versions)));
  return exitCodes.ok;
}

/** `rke state encrypt`: the state and its whole history, with the passphrase that is given. */
export async function encryptState(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { store, options } = await openState(flags, context.io);
  requirePassphrase(options);
  return convert({ from: store, to: store, options, what: 'encrypt' }, context);
}

/** `rke state decrypt`: the reverse; from then on no passphrase is needed, and none must be given. */
export async function decryptState(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { store, options } = await openState(flags, context.io);
  requirePassphrase(options);
  return convert({ from: store, to: createFileStore(store.location), options, what: 'decrypt' }, context);
}

interface Conversion {
  readonly from: FileStore;
  readonly to: FileStore;
  readonly options: StateOptions;
  readonly what: 'encrypt' | 'decrypt';
}

async function convert({ from, to, options, what }: Conversion, { io }: CommandContext): Promise<number> {
  await using _lock = await lockState(from.location, options, `rke state ${what}`);
  await requireState(from); // What is no state is not written anew.
  const changed = await from.convertTo(to);
  for (const path of changed) io.stdout.write(`${path} is ${what}ed\n`);
  if (changed.length === 0) io.stdout.write(`${from.location} and its history are ${what}ed already\n`);
  return exitCodes.ok;
}

function requirePassphrase({ passphrase }: StateOptions): void {
  if (passphrase === undefined)
    throw usageError('no passphrase was given', {
      fix: 'set RKE_STATE_PASSPHRASE, or name a file that holds the passphrase with --state-key-file',
    });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

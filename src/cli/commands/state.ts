import { resolve } from 'node:path';
import { exitCodes, RkeError, stateError, usageError } from '../../core/errors.js';
import type { ClusterState } from '../../state/cluster-state.js';
import { nodeFileSystem } from '../../state/file-system.js';
import { createFileStore, type FileStore } from '../../state/file-store.js';
import { clusterPaths } from '../../state/paths.js';
import { columns } from '../columns.js';
import type { CommandContext } from '../command-context.js';
import { lockState } from '../lock-state.js';
import { redactState } from '../redact-state.js';
import { shortestPath } from '../shortest-path.js';
import { openStore, readStateOptions, type StateFlags, type StateOptions } from '../state-options.js';
import { summaryOf } from '../state-summary.js';
import { stateVersions, versionRows } from '../state-versions.js';
import { verifyState } from '../verify-state.js';

/** Flags of all commands under `rke state`. They need no cluster.yml, only its name: the state may be all that is left. */
export interface StateCommandFlags extends StateFlags {
  readonly config: string;
  readonly output?: 'text' | 'json';
}

/** `rke state show`: what the state says, without its secrets. */
export async function showState(flags: StateCommandFlags, { io }: CommandContext): Promise<number> {
  const { store } = await open(flags, io);
  const state = redactState(await require(store));
  const isSealed = (await store.read(store.location))?.isSealed === true;
  const text = (): string => summaryOf(state, { location: store.location, isSealed, now: new Date() });
  io.stdout.write(flags.output === 'json' ? json(state) : text());
  return exitCodes.ok;
}

/** `rke state verify`: would a run go on with it? @returns 4 where it would not */
export async function verify(flags: StateCommandFlags, { io }: CommandContext): Promise<number> {
  const { store } = await open(flags, io);
  const { location } = store;
  try {
    const state = await require(store);
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
  const { store } = await open(flags, io);
  const versions = await stateVersions(store);
  if (flags.output === 'json') io.stdout.write(json(versions));
  else if (versions.length === 0) io.stdout.write(`there is no state at ${store.location}\n`);
  else io.stdout.write(columns(versionRows(versions)));
  return exitCodes.ok;
}

/** `rke state encrypt`: the state and its whole history, with the passphrase that is given. */
export async function encryptState(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { store, options } = await open(flags, context.io);
  requirePassphrase(options);
  return convert({ from: store, to: store, options, what: 'encrypt' }, context);
}

/** `rke state decrypt`: the reverse; from then on no passphrase is needed, and none must be given. */
export async function decryptState(flags: StateCommandFlags, context: CommandContext): Promise<number> {
  const { store, options } = await open(flags, context.io);
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
  await require(from); // What is no state is not written anew.
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

async function open(
  flags: StateCommandFlags,
  io: CommandContext['io'],
): Promise<{ readonly store: FileStore; readonly options: StateOptions }> {
  const options = await readStateOptions(flags, io);
  return {
    store: openStore(clusterPaths(shortestPath(resolve(io.cwd, flags.config))).state, options),
    options,
  };
}

async function require(store: FileStore): Promise<ClusterState> {
  const state = await store.load();
  if (state !== undefined) return state;
  throw stateError('STATE_MISSING', `there is no state at ${store.location}`, {
    fix: 'name the cluster file whose state it is with --config; rke up makes one for a new cluster',
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

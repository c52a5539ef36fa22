import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { readFields } from '../core/fields.js';
import { errnoOf } from './file-system.js';

/** Owner of a lock: written into it, and printed by runs that find it taken. */
export interface LockOwner {
  /** Name of the user. */
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** When the lock was taken, RFC 3339. */
  readonly time: string;
  /** e.g. `rke up`. */
  readonly command: string;
  /** Distinguishes two locks of one process. */
  readonly id: string;
  /** Machine and namespace of process ids that the pid belongs to; empty if unknown. */
  readonly machine: string;
  /** Start of the process as reported by the kernel: a pid is reused, a pid with its start is not. */
  readonly started: string;
}

/** This process, as the owner of a new lock. */
export function thisProcess(command: string): LockOwner {
  return {
    owner: userName(),
    host: hostname(),
    pid: process.pid,
    time: new Date().toISOString(),
    command,
    id: randomUUID(),
    machine: machineId(),
    started: processStart(process.pid) ?? '',
  };
}

/** @returns undefined for a text that rke has not written */
export function parseOwner(text: string): LockOwner | undefined {
  const value = readFields(text);
  // 0 and negative numbers are process groups.
  if (value === undefined || !Number.isInteger(value['pid']) || Number(value['pid']) < 1) return undefined;
  const isWhole = ['owner', 'host', 'time', 'command', 'id', 'machine', 'started'].every(
    (member) => typeof value[member] === 'string',
  );
  return isWhole ? (value as unknown as LockOwner) : undefined;
}

/** `rke up by ops on build-1 (pid 4711), since 2026-11-21T07:18:40.000Z` */
export function describeOwner({ owner, host, pid, time, command }: LockOwner): string {
  return `${command} by ${owner} on ${host} (pid ${pid}), since ${time}`;
}

/**
 * True if the process certainly no longer exists: it ran on this machine since its last boot, and its pid is free or of a
 * process that started at another time. Nothing is known about a process elsewhere. Machines made from one template share
 * name and machine-id, so only the same boot is the same machine.
 */
export function isDead({ host, machine, pid, started }: LockOwner): boolean {
  const boot = bootOf(started);
  if (boot === '' || boot !== bootId()) return false;
  if (host !== hostname() || machine !== machineId()) return false;
  if (!isRunning(pid)) return true;
  const start = processStart(pid);
  return start !== undefined && start !== started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM'; // It exists, but belongs to another user.
  }
}

/** Start in ticks since boot, and the id of that boot. A process that has ended but is not yet reaped counts as ended. */
function processStart(pid: number): string | undefined {
  const stat = readLine(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The second field is the name in parentheses and may contain anything; proc(5) numbers the fields from 1.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return /^[ZX]/.test(state) ? 'ended' : `${fields[18] ?? ''}@${bootId()}`;
}

/** Changes with each boot; empty if unknown. */
const bootId = (): string => readLine('/proc/sys/kernel/random/boot_id') ?? '';

const bootOf = (started: string): string => started.replace(/^[^@]*@?/, '');

/**
 * Cloned machines share an id, and containers a kernel: the host name and the namespace of pids are compared as well. A
 * digest, because machine-id(5) must not be exposed.
 */
function machineId(): string {
  try {
    const known = `rke-lock ${readLine('/etc/machine-id') ?? ''} ${readlinkSync('/proc/self/ns/pid')}`;
    return createHash('sha256').update(known).digest('hex').slice(0, 16);
  } catch {
    return ''; // Not Linux.
  }
}

function readLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? '?'}`; // A container may run as a uid without a name.
  }
}

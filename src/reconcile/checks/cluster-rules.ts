import { failed, ok, warning, type CheckName, type Verdict } from './check-result.js';
import type { ClockFact } from './facts.js';
import type { CheckedHost } from './checked-host.js';

/** Compares one host with the others; undefined if a fact is missing. */
type ClusterRule = (all: readonly CheckedHost[]) => (host: CheckedHost) => Verdict | undefined;

export const clusterRules: readonly (readonly [CheckName, ClusterRule])[] = [
  ['clock', (all) => (host) => clock(host, all)],
  ['machine-id', (all) => checkUnique(all, 'machineId')],
  ['hostname', (all) => checkUnique(all, 'hostname')],
];

const warnMilliseconds = 2000;
const failMilliseconds = 60_000;

/**
 * Compares a clock with ours, by which certificates are dated, and with the one furthest from it, because members of etcd
 * and leases rely on each other's. Two clocks that differ are reported once: on the host that is further from ours.
 */
function clock({ address, facts }: CheckedHost, all: readonly CheckedHost[]): Verdict | undefined {
  const mine = facts.clock;
  if (mine === undefined) return undefined;
  const isNear = 2 * Math.abs(mine.offset) - mine.uncertainty <= warnMilliseconds;
  // Then no clock that is nearer to ours is further away from this one, and most hosts are compared with no other.
  if (isNear) return ok('the clock agrees with this machine');
  const ours = { offset: 0, uncertainty: 0 };
  const others = all.flatMap((other) =>
    other.address === address || other.facts.clock === undefined
      ? []
      : [{ than: other.address, clock: other.facts.clock }],
  );
  const farther = others.filter((other) => Math.abs(other.clock.offset) < Math.abs(mine.offset));
  const worst = [{ than: 'this machine', clock: ours }, ...farther]
    .map(({ than, clock: other }) => ({ than, ...apart(mine, other) }))
    .reduce((most, next) => (next.least > most.least ? next : most));
  if (worst.least <= warnMilliseconds) return ok('the clock agrees with this machine');
  const seconds = (Math.abs(worst.offset) / 1000).toFixed(1);
  const message = `the clock is ${seconds} s ${worst.offset > 0 ? 'ahead of' : 'behind'} ${worst.than}`;
  const fix = 'synchronize the clocks of all hosts and of this machine with NTP (`timedatectl set-ntp true`)';
  return worst.least > failMilliseconds ? failed(message, fix) : warning(message, fix);
}

/** How far two clocks are apart, and at least are. */
function apart(one: ClockFact, other: ClockFact): { offset: number; least: number } {
  const offset = one.offset - other.offset;
  return { offset, least: Math.abs(offset) - one.uncertainty - other.uncertainty };
}

const nameOf = { machineId: 'machine-id', hostname: 'hostname' } as const;
const fixOf = {
  machineId:
    'the hosts were cloned: give each its own machine-id (`rm /etc/machine-id && systemd-machine-id-setup`, then reboot)',
  hostname: 'give each host its own name (`hostnamectl set-hostname NAME`)',
} as const;

/** Checks that no other host has the same value. Hosts that all run the cluster work with it: a warning. */
function checkUnique(
  all: readonly CheckedHost[],
  fact: 'machineId' | 'hostname',
): (host: CheckedHost) => Verdict | undefined {
  const byValue = new Map<string | undefined, CheckedHost[]>();
  for (const host of all) {
    const hosts = byValue.get(host.facts[fact]);
    if (hosts === undefined) byValue.set(host.facts[fact], [host]);
    else hosts.push(host);
  }
  return (host) => {
    const mine = host.facts[fact];
    if (mine === undefined) return undefined;
    const same = (byValue.get(mine) ?? []).filter(({ address }) => address !== host.address);
    if (same.length === 0) return ok(`${nameOf[fact]} ${mine}`);
    const message = `${nameOf[fact]} ${mine} is not unique: ${same.map(({ address }) => address).join(', ')} has the same`;
    const concernsNew = host.isNew || same.some(({ isNew }) => isNew);
    return concernsNew ? failed(message, fixOf[fact]) : warning(message, fixOf[fact]);
  };
}

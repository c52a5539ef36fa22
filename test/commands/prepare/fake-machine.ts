import type { ExecResult } from '../../../src/host/host.js';
import type { Transport, TransportConnection } from '../../../src/host/transport/transport.js';
import { printedState, type OsName } from '../../reconcile/prepare/os-releases.js';

const done: ExecResult = { code: 0, stdout: '', stderr: '' };

/** A host in memory, of which the shell is known: it answers what `rke prepare` asks, and steps change it. */
export class FakeMachine {
  os: OsName = 'debian-12';
  user = 'ops';
  hasSudo = true;
  docker: string | undefined;
  isRunning = false;
  /** Members of the group docker by the files, and what new connections see. */
  isMember = false;
  ipForward = 1;
  /** Commands that ran as root, by part. */
  readonly steps: string[] = [];
  /** Connections so far. */
  connections = 0;
  /** What a part does instead of its effect. */
  readonly instead = new Map<string, () => Promise<ExecResult> | ExecResult>();
  isDown = false;

  connection(): TransportConnection {
    const isMember = this.isMember;
    this.connections += 1;
    return {
      lost: undefined,
      exec: (command) => this.#exec(command, isMember),
      dial: () => Promise.reject(new Error('nothing listens')),
      dialSocket: () => Promise.reject(new Error('nothing listens')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  async #exec(command: string, isMember: boolean): Promise<ExecResult> {
    await Promise.resolve();
    const [, part] = /'\/var\/log\/rke-prepare-([a-z-]+)\.log'/.exec(command) ?? [];
    if (part !== undefined) return this.#step(part, command);
    if (command.includes('tail -n 5')) return { ...done, stdout: 'the last line of the step\n' };
    if (command.includes('os-release')) return { ...done, stdout: this.#state(isMember) };
    return {
      ...done,
      stdout: `swap=SwapTotal: 0 kB\nmodule.overlay=yes\nsysctl=net/ipv4/ip_forward ${this.ipForward}\n`,
    };
  }

  #state(isMember: boolean): string {
    const has = (line: string, isIt: boolean): string[] => (isIt ? [line] : []);
    return printedState(this.os, {
      user: this.user,
      more: [
        ...has('sudo=yes', this.hasSudo),
        ...has(`docker=Docker version ${this.docker ?? ''}, build x`, this.docker !== undefined),
        ...has('runs=dockerd', this.isRunning),
        ...has(`groups=${this.user} docker`, this.isMember),
        ...has('socket=writable', isMember && this.isRunning),
      ],
    });
  }

  #step(part: string, command: string): Promise<ExecResult> | ExecResult {
    this.steps.push(`${command.startsWith('sudo -n ') ? 'sudo ' : ''}${part}`);
    const other = this.instead.get(part);
    if (other !== undefined) return other();
    if (part === 'docker') Object.assign(this, { docker: '20.10.24', isRunning: true });
    if (part === 'docker-service') this.isRunning = true;
    if (part === 'docker-group') this.isMember = true;
    if (part === 'sysctl') this.ipForward = 1;
    return done;
  }
}

/** Reaches machines by address. */
export function transportTo(machines: ReadonlyMap<string, FakeMachine>): Transport {
  return {
    connect: ({ address }) => {
      const machine = machines.get(address);
      return machine === undefined || machine.isDown
        ? Promise.reject(new Error('no route to host'))
        : Promise.resolve(machine.connection());
    },
  };
}

import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { CallOptions, ExecResult } from '../host.js';
import { connected } from './connected.js';
import { readProgramOutput } from './program-output.js';
import type { Transport, TransportConnection } from './transport.js';

/** Reaches this machine only, without SSH (`--local`). Commands run as the user of this process. */
export const localTransport: Transport = {
  connect({ address }) {
    return isOwnAddress(address)
      ? Promise.resolve(localConnection)
      : Promise.reject(new Error(`${address} is not an address of this machine`));
  },
};

/** True for an address of this machine. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some(
    (entries) => entries?.some((entry) => entry.address === address) === true,
  );
}

const localConnection: TransportConnection = {
  lost: undefined,
  exec: runInShell,
  dial: ({ host, port }, options) => connected(connect({ host, port }), options),
  dialSocket: (path, options) => connected(connect({ path }), options),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

function runInShell(command: string, { signal }: CallOptions): Promise<ExecResult> {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], signal });
  return readProgramOutput(child, { signal });
}

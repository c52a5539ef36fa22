import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectHosts, type HostSet } from '../../src/host/connect/connect-hosts.js';
import { localTransport } from '../../src/host/transport/local-transport.js';
import { TransportLinks } from '../../src/host/transport/transport-links.js';
import type { Transport, TransportConnection } from '../../src/host/transport/transport.js';
import { recordingSink } from '../fakes/recording-sink.js';
import { failureOf, signal } from './connected.js';
import { FakeDocker, reply } from './fake-docker.js';

let docker: FakeDocker;
beforeEach(async () => (docker = await FakeDocker.start()));
afterEach(() => docker[Symbol.asyncDispose]());

const open = (transport: Transport, ...addresses: string[]): Promise<HostSet> =>
  connectHosts(
    addresses.map((address) => ({ address, dockerSocket: docker.socket })),
    { events: recordingSink(), limit: 5, signal, transport },
  );

describe('the local transport', () => {
  it('ends a command that prints without end', async () => {
    const connection = await localTransport.connect({ address: '127.0.0.1' }, { signal });
    await expect(connection.exec('yes', { signal })).rejects.toThrow('printed more than 16 MiB');
  });

  it('reaches commands, Docker and ports of this machine', async () => {
    docker.answer = (_request, response) => reply(response, 200, []);
    await using set = await open(localTransport, '127.0.0.1');
    const host = set.hosts.get('127.0.0.1');
    expect(set.facts.get('127.0.0.1')?.version).toBe('20.10.24');
    expect(await host?.docker.list({ signal })).toEqual([]);
    expect(await host?.exec('echo out; echo err >&2; exit 3', { signal })).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(
      (await failureOf(host?.dial({ host: '127.0.0.1', port: 1 }, { signal }) ?? Promise.resolve())).code,
    ).toBe('TRANSPORT_FAILED');
  });

  it('does not take another machine for this one', async () => {
    await using set = await open(localTransport, '192.0.2.7');
    expect(set.unreachable.get('192.0.2.7')).toMatchObject({
      code: 'TRANSPORT_FAILED',
      exitCode: 5,
      host: '192.0.2.7',
      message: 'transport: 192.0.2.7 is not an address of this machine',
    });
  });

  it('ends a command when its caller stops', async () => {
    await using set = await open(localTransport, '127.0.0.1');
    const stop = new AbortController();
    const running = set.hosts.get('127.0.0.1')?.exec('sleep 60', { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

/** A transport whose answers are set by a test. */
function transportOf(changes: Partial<TransportConnection>): Transport {
  const connection: TransportConnection = {
    lost: undefined,
    exec: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }),
    dial: () => Promise.resolve(new PassThrough()),
    dialSocket: () => Promise.resolve(new PassThrough()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
    ...changes,
  };
  return { connect: () => Promise.resolve(connection) };
}

const never = (): Promise<never> => new Promise(() => undefined);
const limits = { connect: 50, exec: 50, dial: 50 };
const linkOf = (transport: Transport): ReturnType<TransportLinks['link']> =>
  new TransportLinks(transport, recordingSink(), limits).link({ address: 'node-1' }, { signal });

describe('a transport that does not answer', () => {
  it('makes the host unreachable', async () => {
    expect(await failureOf(linkOf({ connect: never }))).toMatchObject({
      code: 'TRANSPORT_FAILED',
      message: 'no answer within 0.05 s',
      host: 'node-1',
    });
  });

  it.each([
    ['exec', (link: TransportConnection) => link.exec('true', { signal })],
    ['dial', (link: TransportConnection) => link.dial({ host: '127.0.0.1', port: 6443 }, { signal })],
    ['dialSocket', (link: TransportConnection) => link.dialSocket('/var/run/docker.sock', { signal })],
  ] as const)('makes %s fail within its limit', async (name, call) => {
    const link = await linkOf(transportOf({ [name]: never }));
    const error = await failureOf(call(await link.ready({ signal })));
    expect(error).toMatchObject({ code: 'TRANSPORT_FAILED', message: 'no answer within 0.05 s' });
  });

  it('leaves nothing open that comes too late', async () => {
    const dispose = vi.fn(() => Promise.resolve());
    const connection = await transportOf({ [Symbol.asyncDispose]: dispose }).connect(
      { address: '' },
      { signal },
    );
    let connect: (late: TransportConnection) => void = () => undefined;
    await failureOf(linkOf({ connect: () => new Promise((resolve) => (connect = resolve)) }));
    connect(connection);
    await vi.waitFor(() => expect(dispose).toHaveBeenCalledOnce());

    const socket = new PassThrough();
    let dial: (late: PassThrough) => void = () => undefined;
    const link = await linkOf(transportOf({ dialSocket: () => new Promise((resolve) => (dial = resolve)) }));
    await failureOf((await link.ready({ signal })).dialSocket('/run/docker.sock', { signal }));
    dial(socket);
    await vi.waitFor(() => expect(socket.destroyed).toBe(true));
  });
});

describe('a connection of a transport', () => {
  it('is replaced when it is lost, with a warning', async () => {
    const events = recordingSink();
    let connections = 0;
    let isLost = false;
    const transport: Transport = {
      connect: async (node, options) => {
        connections += 1;
        const first = connections === 1;
        const connection = await transportOf({}).connect(node, options);
        return {
          ...connection,
          get lost() {
            return first && isLost ? new Error('agent gone') : undefined;
          },
        };
      },
    };
    const link = await new TransportLinks(transport, events, limits).link({ address: 'node-1' }, { signal });
    isLost = true;
    expect((await link.read((connection) => connection.exec('true', { signal }), { signal })).code).toBe(0);
    expect(connections).toBe(2);
    expect(events.events).toContainEqual({
      type: 'warning',
      host: 'node-1',
      message: 'connection lost; reconnected',
    });
  });

  it('that is lost for good names why', async () => {
    let connections = 0;
    const transport: Transport = {
      connect: (node, options) => {
        connections += 1;
        return connections === 1
          ? transportOf({ lost: new Error('agent gone') }).connect(node, options)
          : Promise.reject(new Error('no agent'));
      },
    };
    const link = await linkOf(transport);
    expect((await failureOf(link.ready({ signal }))).message).toBe(
      'connection lost; cannot reconnect: transport: no agent',
    );
  });
});

import type { ClientRequest } from 'node:http';
import { Socket } from 'node:net';
import { inspect } from 'node:util';
import { expect, it, vi } from 'vitest';
import { DialingAgent } from '../../src/host/docker/dialing-agent.js';

it('An agent is inspected without its sockets: docker-modem does that for each request', () => {
  const agent = new DialingAgent(() => Promise.reject(new Error('not dialed')));
  expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: DialingAgent }');
});

it('A connection that has nothing to do is closed, and one that gets a request is not', () => {
  vi.useFakeTimers();
  const agent = new DialingAgent(() => Promise.reject(new Error('not dialed')));
  const socketOf = (): Socket =>
    Object.assign(new Socket(), { ref: () => undefined, unref: () => undefined });
  const [idle, reused] = [socketOf(), socketOf()];
  expect([agent.keepSocketAlive(idle), agent.keepSocketAlive(reused)]).toEqual([true, true]);
  agent.reuseSocket(reused, {} as ClientRequest);
  vi.advanceTimersByTime(5000);
  expect([idle.destroyed, reused.destroyed]).toEqual([true, false]);
  vi.useRealTimers();
});

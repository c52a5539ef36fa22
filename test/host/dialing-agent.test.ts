import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { DialingAgent } from '../../src/host/docker/dialing-agent.js';

it('An agent is inspected without its sockets: docker-modem does that for each request', () => {
  const agent = new DialingAgent(() => Promise.reject(new Error('not dialed')));
  expect(inspect({ agent }, { showHidden: true, depth: null })).toBe('{ agent: DialingAgent }');
});

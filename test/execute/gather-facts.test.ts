import { describe, expect, it } from 'vitest';
import { gatherFacts } from '../../src/execute/gather-facts.js';
import { FakeHost } from '../fakes/host.js';

const folder = { dockerRoot: '/data/docker', prefix: '/opt/rke' };

function gather(hosts: readonly FakeHost[], controller = new AbortController()) {
  return gatherFacts({
    hosts: new Map(hosts.map((host) => [host.address, host])),
    dataDirs: new Map(['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => [address, folder])),
    concurrency: 2,
    signal: controller.signal,
    now: () => 1000,
  });
}

describe('gatherFacts', () => {
  it('queries each connected host once, about its own directories', async () => {
    const hosts = [new FakeHost('10.0.0.1'), new FakeHost('10.0.0.2')];
    const asked: string[] = [];
    for (const host of hosts)
      host.prints = (command) => {
        asked.push(command);
        return `hostname=${host.address}\ntime=2.5\n`;
      };
    const facts = await gather(hosts);
    expect([...facts].map(([address, { hostname, clock }]) => [address, hostname, clock?.offset])).toEqual([
      ['10.0.0.1', '10.0.0.1', 1500],
      ['10.0.0.2', '10.0.0.2', 1500],
    ]);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain(`'/data/docker' '/opt/rke'`);
  });

  it('skips a host that does not answer', async () => {
    const dead = new FakeHost('10.0.0.1');
    dead.prints = () => {
      throw new Error('lost');
    };
    expect([...(await gather([dead, new FakeHost('10.0.0.2')])).keys()]).toEqual(['10.0.0.2']);
  });

  it('ends with the reason when the run is interrupted', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    await expect(gather([new FakeHost('10.0.0.1')], controller)).rejects.toThrow('stopped');
  });
});

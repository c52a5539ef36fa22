import { describe, expect, it } from 'vitest';
import { DeadlineError } from '../../src/core/deadline.js';
import { etcdError } from '../../src/core/errors.js';
import type { EtcdReader } from '../../src/etcd/etcd.js';
import { observeEtcd } from '../../src/execute/observe-etcd.js';
import { samplePlan } from '../fakes/cluster.js';
import { FakeHost } from '../fakes/host.js';
import { memberOn } from '../fakes/membership-model.js';

const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const late = new DeadlineError(10_000);
const refused = etcdError('ETCD_UNREACHABLE', 'connection refused');

const notAsked = (): Promise<never> => Promise.reject(new Error('not asked'));

/** Observes members of which each answers, or fails, as listed: once for each time it is asked. */
async function observe(
  answers: Readonly<Record<string, readonly (Error | 'answers')[]>>,
): Promise<{ readonly asked: number; readonly trouble: string | undefined }> {
  const asked: string[] = [];
  const readMembership: EtcdReader['readMembership'] = ([endpoint]) => {
    const { host = '' } = endpoint ?? {};
    const answer = answers[host]?.[asked.filter((one) => one === host).length];
    asked.push(host);
    return answer === 'answers'
      ? Promise.resolve({ clusterId: '1', clusterVersion: '3.5.0', members: [] })
      : Promise.reject(answer ?? new Error('asked too often'));
  };
  const { etcdTrouble } = await observeEtcd(
    { ...samplePlan([]), members: hosts.map(memberOn) },
    {
      hosts: new Map(hosts.map((host) => [host, new FakeHost(host)])),
      etcd: { readMembership, readStatus: notAsked, readAlarms: notAsked },
      signal: new AbortController().signal,
    },
  );
  return { asked: asked.length, trouble: etcdTrouble };
}

const [one, two, three] = hosts as [string, string, string];

describe('the membership of etcd', () => {
  it('is asked for again if no member of a busy cluster answers in time', async () => {
    const slow = etcdError('ETCD_UNREACHABLE', 'etcd does not answer', { cause: late });
    const answers = { [one]: [slow, 'answers'], [two]: [late, late], [three]: [late, late] } as const;
    expect(await observe(answers)).toEqual({ asked: 6, trouble: undefined });
  });

  it('does not wait for a member that hangs while another answers', async () => {
    const answers = { [one]: [late], [two]: ['answers'], [three]: [late] } as const;
    expect(await observe(answers)).toEqual({ asked: 3, trouble: undefined });
  });

  it('is not asked for again if every member refuses', async () => {
    const answers = { [one]: [refused], [two]: [refused], [three]: [refused] };
    expect(await observe(answers)).toEqual({ asked: 3, trouble: 'connection refused' });
  });

  it('is given up after the third time', async () => {
    const answers = Object.fromEntries(hosts.map((host) => [host, [late, late, late]]));
    expect(await observe(answers)).toEqual({ asked: 9, trouble: 'no answer within 10 s' });
  });
});

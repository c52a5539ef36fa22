import { describe, expect, it } from 'vitest';
import { ensureNamespace } from '../../src/execute/handlers/ensure-namespace.js';
import { runHelmHooks } from '../../src/execute/handlers/run-helm-hooks.js';
import type { KubeApi } from '../../src/kube/kube.js';
import type { HelmHook } from '../../src/plan/addons/user/user-addon.js';
import type { KubeObject } from '../../src/plan/cluster-plan-types.js';
import { fakeContext } from '../fakes/context.js';
import { recordingSink } from '../fakes/recording-sink.js';

const hook = (
  kind: string,
  name: string,
  deletion: HelmHook['deletion'] = ['before-hook-creation'],
): HelmHook => ({
  object: { apiVersion: kind === 'Job' ? 'batch/v1' : 'v1', kind, metadata: { name, namespace: 'team-a' } },
  origin: { file: 'demo/templates/hooks.yaml', line: 1, column: 1 },
  moments: ['pre-install'],
  weight: 0,
  deletion,
});

/** A cluster in which Jobs have a status as soon as they are applied. */
function cluster(statuses: Readonly<Record<string, unknown>> = {}, existing: readonly string[] = []) {
  const calls: string[] = [];
  const deletions: string[] = [];
  const objects = new Map<string, KubeObject>(
    existing.map((name) => [name, { apiVersion: 'v1', kind: 'Job', metadata: { name } }]),
  );
  const kube: Pick<KubeApi, 'get' | 'apply' | 'delete'> = {
    get: ({ name }) => Promise.resolve(objects.get(name)),
    apply: (object) => {
      calls.push(`apply ${object.metadata.name}`);
      objects.set(object.metadata.name, { ...object, status: statuses[object.metadata.name] ?? {} });
      return Promise.resolve(object);
    },
    delete: ({ name }) => {
      deletions.push(name);
      if (objects.delete(name)) calls.push(`delete ${name}`);
      return Promise.resolve();
    },
  };
  const events = recordingSink();
  const context = fakeContext([], { kube: kube as KubeApi, events });
  const run = (...hooks: readonly HelmHook[]): Promise<void> =>
    runHelmHooks(hooks, context, { timeoutSeconds: 5, onWaiting: (why) => calls.push(why) });
  return { calls, deletions, run, context };
}

const complete = { conditions: [{ type: 'Complete', status: 'True' }] };

describe('hooks of a Helm release', () => {
  it('run one after the other, and are deleted before they are created again', async () => {
    const { calls, deletions, run } = cluster({ migrate: complete }, ['migrate']);
    await run(hook('ConfigMap', 'settings'), hook('Job', 'migrate'));
    expect(calls).toEqual(['apply settings', 'delete migrate', 'apply migrate']);
    expect(deletions).toEqual(['settings', 'migrate']);
  });

  it('replace a Job of an earlier run also if they do not ask for it, because a Job cannot be changed', async () => {
    const { calls, deletions, run } = cluster({ migrate: complete }, ['migrate']);
    await run(hook('Job', 'migrate', ['hook-failed']));
    expect(calls).toEqual(['delete migrate', 'apply migrate']);
    expect(deletions).toEqual(['migrate']);
  });

  it('are deleted when all of the moment have succeeded, if they ask for it', async () => {
    const { calls, run } = cluster({ migrate: complete });
    await run(
      hook('ServiceAccount', 'account', ['hook-succeeded']),
      hook('Job', 'migrate', ['hook-succeeded']),
    );
    expect(calls).toEqual(['apply account', 'apply migrate', 'delete migrate', 'delete account']);
  });

  it('stop at one that fails, which is deleted only if it asks for it', async () => {
    const failed = { conditions: [{ type: 'Failed', status: 'True', message: 'backoff limit reached' }] };
    const { calls, run } = cluster({ migrate: failed });
    await expect(run(hook('Job', 'migrate', ['hook-failed']), hook('Job', 'later'))).rejects.toMatchObject({
      code: 'HELM_HOOK_FAILED',
      message: expect.stringMatching(/^hook Job .*migrate failed: backoff limit reached$/) as string,
    });
    expect(calls).toEqual(['apply migrate', 'delete migrate']);
  });

  it('get a limit of time', async () => {
    const { calls, run } = cluster();
    await expect(run(hook('Job', 'migrate'))).rejects.toThrow('did not end within 5s');
    expect(calls).toContain('apply migrate');
    expect(calls).not.toContain('delete migrate');
  });

  it('may be Pods', async () => {
    const { run } = cluster({ check: { phase: 'Succeeded' } });
    await expect(run(hook('Pod', 'check'))).resolves.toBeUndefined();
  });
});

describe('the namespace of a release', () => {
  it('is created if it does not exist, and otherwise left as it is', async () => {
    const { calls, context } = cluster();
    await ensureNamespace('team-a', context);
    await ensureNamespace('team-a', context);
    expect(calls).toEqual(['apply team-a']);
  });
});

import { describe, expect, it } from 'vitest';
import { objectIn, podSpec } from './planned-object.js';
import { sampleSpec } from './sample-spec.js';

describe('metrics-server', () => {
  it("takes its options, sorted, after RKE's", () => {
    const spec = sampleSpec({
      monitoring: {
        options: { v: '2', logtostderr: 'true' },
        replicas: 2,
        metricsServerPriorityClassName: 'p',
      },
    });
    const deployment = objectIn(spec, 'Deployment kube-system/metrics-server');
    expect(deployment).toMatchObject({ spec: { replicas: 2 } });
    expect(podSpec(deployment)).toMatchObject({ priorityClassName: 'p' });
    const [container] = podSpec(deployment)['containers'] as { args: string[] }[];
    expect(container?.args.slice(-3)).toEqual(['--metric-resolution=15s', '--logtostderr=true', '--v=2']);
  });
});

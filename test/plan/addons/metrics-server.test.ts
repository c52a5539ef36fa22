import { describe, expect, it } from 'vitest';
import { objectIn, podSpec } from './planned-object.js';
import { sampleSpec } from './sample-spec.js';

describe('metrics-server', () => {
  it.each([
    ['v1.30.4-rancher1-1', ['--cert-dir=/tmp', '--secure-port=10250', '--kubelet-insecure-tls']],
    ['v1.26.15-rancher1-1', ['--cert-dir=/tmp', '--secure-port=4443', '--kubelet-insecure-tls']],
    ['v1.20.15-rancher2-2', ['--cert-dir=/tmp', '--secure-port=443', '--kubelet-insecure-tls']],
  ])('listens in %s where the template of RKE has it listen', (kubernetesVersion, args) => {
    const deployment = objectIn(
      { ...sampleSpec(), kubernetesVersion },
      'Deployment kube-system/metrics-server',
    );
    const [container] = podSpec(deployment)['containers'] as { args: string[] }[];
    expect(container?.args.slice(0, 3)).toEqual(args);
  });

  it.each([
    ['v0.2.1', /^--source=/],
    ['v0.3.6', /^--kubelet-insecure-tls$/],
  ])('is told of the kubelets as version %s understands it', (tag, flag) => {
    const spec = sampleSpec();
    const systemImages = { ...spec.systemImages, metricsServer: `registry:5000/metrics-server:${tag}` };
    const old = { ...spec, systemImages, kubernetesVersion: 'v1.18.20-rancher1-3' };
    const [container] = podSpec(objectIn(old, 'Deployment kube-system/metrics-server'))['containers'] as {
      command: string[];
    }[];
    expect(container?.command[1]).toMatch(flag);
  });

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

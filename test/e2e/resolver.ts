import type { Kubectl } from './kubectl.js';

const name = 'kubernetes.default.svc.cluster.local';
/** One packet for each question and two seconds for its answer: an answer that is lost counts. */
const script = `while :; do
  if out=$(nslookup -type=a -retry=1 -timeout=2 ${name} 2>&1); then echo ok; else echo "FAILED $(date +%T) $out" | tr '\\n' ' '; echo; fi
  sleep 0.05
done`;

const manifest = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'resolver' },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'resolver', image: 'rancher/lab-testbox:1', command: ['/bin/sh', '-c', script] }],
  },
});

export interface Resolved {
  readonly succeeded: number;
  readonly failures: readonly string[];
}

/** Starts a pod that resolves a Service all the time. */
export async function startResolver(kubectl: Kubectl): Promise<() => Promise<Resolved>> {
  await kubectl(['apply', '-f', '-'], manifest);
  await kubectl(['wait', 'pod/resolver', '--for=condition=Ready', '--timeout=60s']);
  return async () => {
    const lines = (await kubectl(['logs', 'resolver'])).split('\n').filter((line) => line !== '');
    return {
      succeeded: lines.filter((line) => line === 'ok').length,
      failures: lines.filter((line) => line !== 'ok'),
    };
  };
}

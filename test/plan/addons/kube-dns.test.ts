import { describe, expect, it } from 'vitest';
import { objectIn, podSpec } from './planned-object.js';
import { sampleSpec } from './sample-spec.js';

describe('kube-dns', () => {
  it('takes name servers, reverse zones and stub domains', () => {
    const spec = sampleSpec({
      dns: {
        provider: 'kube-dns',
        upstreamnameservers: ['1.1.1.1', '8.8.4.4'],
        reversecidrs: ['10.in-addr.arpa'],
        stubdomains: { 'b.example': ['10.1.1.1'], 'a.example': ['10.2.2.2', '10.2.2.3'] },
      },
    });
    expect(objectIn(spec, 'ConfigMap kube-system/kube-dns')['data']).toEqual({
      upstreamNameservers: '["1.1.1.1", "8.8.4.4"]\n',
      stubDomains: '{"a.example":["10.2.2.2","10.2.2.3"],"b.example":["10.1.1.1"]}\n',
    });
    const containers = podSpec(objectIn(spec, 'Deployment kube-system/kube-dns'))['containers'];
    const [, dnsmasq] = containers as { args: string[] }[];
    expect(dnsmasq?.args.slice(-2)).toEqual([
      '--server=/cluster.local/127.0.0.1#10053',
      '--server=/10.in-addr.arpa/127.0.0.1#10053',
    ]);
  });
});

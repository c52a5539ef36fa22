import { withLab } from './lab.js';
import type { DockerVersion } from './settings.js';
const t=Date.now(); const el=(s:string)=>console.log(((Date.now()-t)/1000).toFixed(1)+'s '+s);
for (const docker of ['20.10','26.1','28.5'] as DockerVersion[]) try { el('== '+docker);
await withLab({nodes: 1, docker, images:false, log:el, preload:['rancher/big:1']}, async lab=>{ const n=lab.nodes[0]!; el('up');
 const e=async(c:string)=>{const r=await n.exec(['sh','-c',c]);el(c.slice(0,50)+' => '+r.code+' '+r.stdout+r.stderr)};
 const before = await n.snapshot();
 await e('docker run -d --name k --restart always --net host --pid host --privileged -v /etc/resolv.conf:/etc/resolv.conf -v /sys:/sys:rprivate -v /var/lib/docker:/var/lib/docker:rw,rslave -v /var/lib/kubelet:/var/lib/kubelet:shared -v /var/run:/var/run:rw,rprivate -v /run:/run:rprivate -v /dev:/host/dev:rprivate -v /lib/modules:/lib/modules:ro rancher/big:1 sleep infinity; docker exec k sh -c "mkdir -p /var/lib/kubelet/x; mount -t tmpfs x /var/lib/kubelet/x; docker ps; cat /proc/sys/net/netfilter/nf_conntrack_max; cat /etc/resolv.conf"; grep kubelet/x /proc/mounts');
 await e('docker run --rm -m 64m --cpus 0.5 --oom-score-adj -500 --ulimit nofile=1000000 rancher/big:1 sh -c "cat /proc/self/oom_score_adj; getent hosts node1 lab-registry nothing.example"; ');
 await n.kill(); await n.start(); await e('docker ps; sysctl net.bridge.bridge-nf-call-iptables net.ipv4.ip_forward');
 await e('docker rm -f k'); el(JSON.stringify((await import('./snapshot.js')).diffSnapshots(before, await n.snapshot())));
});
} catch(e) {console.log(e);}

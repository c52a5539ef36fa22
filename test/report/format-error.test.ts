import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/core/config-error.js';
import type { Diagnostic } from '../../src/core/diagnostic.js';
import { CancelledError, dockerError, InternalError, sshError } from '../../src/core/errors.js';
import { RunFailedError } from '../../src/core/hosts-error.js';
import { formatError } from '../../src/report/format-error.js';
import { colourStyle, plainStyle } from '../../src/report/style.js';

const look = { style: plainStyle, log: { path: 'cluster.log', failedLine: 214 } };

const refused = dockerError('DOCKER_PERMISSION', 'Docker refused the connection', {
  host: '10.0.0.2',
  fix: 'sudo usermod -aG docker ops, then log in again',
  evidence: ['user ops is not in the docker group', 'permission denied on /var/run/docker.sock'],
  cause: new Error('channel open failure', { cause: 'EACCES' }),
});

describe('formatError', () => {
  it('prints the host, the cause and the fix', () => {
    expect(formatError(refused, look)).toMatchInlineSnapshot(`
      "✗ 10.0.0.2: Docker refused the connection
        why    user ops is not in the docker group
               permission denied on /var/run/docker.sock
        fix    sudo usermod -aG docker ops, then log in again
        more   rke doctor --nodes 10.0.0.2
      Log: cluster.log (line 214)  (exit 6)"
    `);
  });

  it('adds the chain of causes with --debug', () => {
    expect(formatError(refused, { ...look, debug: true })).toMatchInlineSnapshot(`
      "✗ 10.0.0.2: Docker refused the connection
        why    user ops is not in the docker group
               permission denied on /var/run/docker.sock
        fix    sudo usermod -aG docker ops, then log in again
        more   rke doctor --nodes 10.0.0.2
        cause  Error: channel open failure
               EACCES
      Log: cluster.log (line 214)  (exit 6)"
    `);
  });

  it('highlights with colours', () => {
    expect(formatError(refused, { style: colourStyle }).split('\n')[0]).toMatchInlineSnapshot(
      `"[31m✗[39m [1m10.0.0.2: Docker refused the connection[22m"`,
    );
  });

  it('prints one block for each failure, and one for the same failure of many hosts', () => {
    const hosts = Array.from({ length: 12 }, (_, index) => `10.0.1.${index}`);
    const failures = [
      { title: 'connect', host: '10.0.0.2', error: refused },
      ...hosts.map((host) => ({
        title: 'connect',
        host,
        error: sshError('SSH_UNREACHABLE', 'no answer on port 22 within 10s', {
          host,
          fix: 'check address and firewall',
        }),
      })),
      { title: 'apply coredns', error: new TypeError('x is undefined') },
    ];
    expect(formatError(new RunFailedError(failures, { isPartial: true, hasBegun: true }), look))
      .toMatchInlineSnapshot(`
      "✗ 10.0.0.2: Docker refused the connection
        why    user ops is not in the docker group
               permission denied on /var/run/docker.sock
        fix    sudo usermod -aG docker ops, then log in again
        more   rke doctor --nodes 10.0.0.2
      ✗ 10.0.1.0, 10.0.1.1, 10.0.1.2, 10.0.1.3, 10.0.1.4, 10.0.1.5, 10.0.1.6, 10.0.1.7, 10.0.1.8, 10.0.1.9, … 2 more: no answer on port 22 within 10s
        fix    check address and firewall
        more   rke doctor
      ✗ internal error: x is undefined
        during apply coredns
        fix    this is a bug in rke; please report it with the log file
      13 hosts failed; the others are done. Nothing was rolled back. Run the same command again to continue. Log: cluster.log (line 214)  (exit 9)"
    `);
  });

  it('asks to report an unexpected error, without a stack', () => {
    expect(formatError(new InternalError('a graph with a cycle'), look)).toMatchInlineSnapshot(`
      "✗ internal error: a graph with a cycle
        fix    this is a bug in rke; please report it with the log file
      Log: cluster.log (line 214)  (exit 1)"
    `);
    expect(formatError('thrown text', { style: plainStyle })).toMatchInlineSnapshot(`
      "✗ internal error: thrown text
        fix    this is a bug in rke; please report it with the log file
      (exit 1)"
    `);
  });

  it('prints how to continue after Ctrl-C', () => {
    expect(formatError(new CancelledError(), look)).toMatchInlineSnapshot(
      `"! stopped by SIGINT: running operations were completed; nothing was rolled back. Run the same command again to continue.  (exit 130)"`,
    );
  });

  it('prints no secret and no control sequence', () => {
    const error = dockerError('DOCKER_CALL', 'login failed\u001b[2J', { evidence: ['password=hunter2'] });
    expect(formatError(error, look)).toMatchInlineSnapshot(`
      "✗ login failed
        why    password=(redacted)
      Log: cluster.log (line 214)  (exit 6)"
    `);
  });
});

const text = `cluster_name: prod
nodes:
  - address: 10.0.0.13
    user: ops
    role: [controller]
    ssh_key_passphrase: 世界 hunter2
`;

const diagnostics: readonly Diagnostic[] = [
  { severity: 'warning', code: 'deprecated', path: 'ingress', message: 'retired upstream' },
  {
    severity: 'error',
    code: 'unknown-key',
    path: 'nodes[0].ssh_key_passphrase',
    position: { line: 6, column: 5, length: 18 },
    message: 'unknown key',
  },
  {
    severity: 'error',
    code: 'unknown-value',
    path: 'nodes[0].role[0]',
    position: { line: 5, column: 12, length: 10 },
    message: 'invalid role "controller"; did you mean "controlplane"?',
  },
];

describe('errors in cluster.yml', () => {
  it('are printed all at once, in the order of the file', () => {
    expect(formatError(new ConfigError('cluster.yml', text, diagnostics), look)).toMatchInlineSnapshot(`
      "cluster.yml       warning  ingress: retired upstream
      cluster.yml:5:12  error  nodes[0].role[0]: invalid role "controller"; did you mean "controlplane"?
      cluster.yml:6:5   error  nodes[0].ssh_key_passphrase: unknown key
      2 errors, 1 warning. Nothing was contacted or changed.  (exit 3)"
    `);
  });

  it('are printed with the source on a terminal', () => {
    expect(formatError(new ConfigError('cluster.yml', text, diagnostics), { ...look, excerpts: true }))
      .toMatchInlineSnapshot(`
        "cluster.yml       warning  ingress: retired upstream
        cluster.yml:5:12  error  nodes[0].role[0]: invalid role "controller"; did you mean "controlplane"?
            3 |   - address: 10.0.0.13
            4 |     user: ops
         >  5 |     role: [controller]
              |            ^^^^^^^^^^
        cluster.yml:6:5   error  nodes[0].ssh_key_passphrase: unknown key
            4 |     user: ops
            5 |     role: [controller]
         >  6 |     ssh_key_passphrase: (redacted)
              |     ^^^^^^^^^^^^^^^^^^
        2 errors, 1 warning. Nothing was contacted or changed.  (exit 3)"
      `);
  });

  it('include the flag that accepts them, if RKE v1 accepted all of them', () => {
    const [, unknown, role] = diagnostics;
    if (unknown === undefined || role === undefined) throw new Error('the mistakes above are gone');
    const shown = (...some: Diagnostic[]): string => formatError(new ConfigError('c.yml', text, some), look);
    const repeated: Diagnostic = { ...unknown, code: 'duplicate-key' };
    const mismatch: Diagnostic = { ...unknown, code: 'image-mismatch' };
    expect(shown(unknown)).toContain('\nRKE v1 ignored this; use --allow-unknown to ignore it, too.\n');
    expect(shown(unknown, unknown, repeated, mismatch)).toContain(
      '; use --allow-unknown and --allow-duplicate-keys to',
    );
    expect(shown(unknown, role)).not.toContain('--allow');
    expect(shown(mismatch)).not.toContain('--allow');
    expect(shown({ ...unknown, severity: 'warning' })).not.toContain('--allow');
  });

  it('keep the mark in its column behind wide letters and tabs', () => {
    const odd: Diagnostic = {
      severity: 'error',
      code: 'bad-name',
      path: 'a',
      position: { line: 1, column: 6 },
      message: 'm',
    };
    expect(formatError(new ConfigError('c.yml', '\t世界: x', [odd]), { ...look, excerpts: true }))
      .toMatchInlineSnapshot(`
      "c.yml:1:6  error  a: m
       >  1 |  世界: x
            |        ^
      1 error. Nothing was contacted or changed.  (exit 3)"
    `);
  });
});

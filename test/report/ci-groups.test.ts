import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chooseRenderer } from '../../src/report/choose-renderer.js';
import { play } from './play.js';
import { recordingOutput } from './recording-output.js';
import { ending, failing, planned, started, working } from './sample-run.js';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00') }));
afterEach(() => vi.useRealTimers());

function record(env: Record<string, string>, end = ending, flags: { quiet?: boolean } = {}): string {
  const output = recordingOutput();
  const hub = play(chooseRenderer(output, { format: 'auto', env, ...flags }), [
    ...started,
    planned,
    ...working,
    ...end,
  ]);
  void hub.close();
  return output.text();
}

const github = { CI: 'true', GITHUB_ACTIONS: 'true' };

describe('in GitHub Actions', () => {
  it('the lines of stages that run side by side are one group for each stage, under its result', () => {
    expect(record(github).split('\n').slice(5, -5).join('\n')).toMatchInlineSnapshot(`
      "12:00:00 INFO [run] 5 operations
      12:00:00 INFO [images] 2 operations started
      12:00:01 INFO [etcd] 2 operations started
      ::group::12:00:03 INFO [etcd] 2 done  1.8s
      12:00:01 INFO [etcd] 10.0.0.1  create etcd  0.4s
      12:00:03 INFO [etcd] 10.0.0.1  etcd healthy  1.4s
      ::endgroup::
      ::group::12:00:03 INFO [images] 2 pulled  3.3s
      12:00:01 INFO [images] 10.0.0.1  pull rancher/hyperkube:v1.30.4-rancher1  0.9s
      12:00:03 INFO [images] 10.0.0.2  pull rancher/hyperkube:v1.30.4-rancher1  3.3s
      ::endgroup::
      12:00:03 INFO [add-ons] 1 operation started
      ::group::12:00:04 INFO [add-ons] 1 done  0.3s
      12:00:04 INFO [add-ons] apply coredns  0.3s
      ::endgroup::"
    `);
  });

  it('what failed is printed at once, and outside of groups', () => {
    const text = record(github, failing);
    const lines = text.split('\n');
    const error = lines.findIndex((line) => line.includes('etcd did not become healthy'));
    const before = lines.slice(0, error);
    expect(before.filter((line) => line.startsWith('::group::')).length).toBe(
      before.filter((line) => line === '::endgroup::').length,
    );
    expect(text).toMatch(/::group::.* \[etcd\] 1 of 2 failed/);
  });

  it('a run that ends early prints the lines of its open stages', () => {
    expect(record(github, [])).toContain('[images] 10.0.0.1  pull rancher/hyperkube:v1.30.4-rancher1');
  });

  it('--quiet and --log-format plain have no groups', () => {
    expect(record(github, ending, { quiet: true })).not.toContain('::group::');
    const output = recordingOutput();
    play(chooseRenderer(output, { format: 'plain', env: github }), [
      ...started,
      planned,
      ...working,
      ...ending,
    ]);
    expect(output.text()).not.toContain('::group::');
  });
});

describe('in GitLab CI', () => {
  it('each stage is a collapsed section', () => {
    const text = record({ CI: 'true', GITLAB_CI: 'true' });
    const starts = [
      ...text.matchAll(/\u001b\[0Ksection_start:(\d+):(\S+)\[collapsed=true\]\r\u001b\[0K.*\n/g),
    ];
    const ends = [...text.matchAll(/\u001b\[0Ksection_end:(\d+):(\S+)\r\u001b\[0K\n/g)];
    expect(starts.map(([, , name]) => name)).toEqual(ends.map(([, , name]) => name));
    expect(starts.map(([, , name]) => name?.replace(/_\d+$/, ''))).toEqual([
      'rke_etcd',
      'rke_images',
      'rke_add-ons',
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { estimateLeft } from '../../src/report/estimate-left.js';
import { createPlainRenderer } from '../../src/report/plain.js';
import { plainStyle } from '../../src/report/style.js';
import { createTtyRenderer } from '../../src/report/tty.js';
import { play } from './play.js';
import { recordingOutput, screenOf } from './recording-output.js';
import { planned, ref, started, type Step } from './sample-run.js';

beforeEach(() => vi.useFakeTimers({ now: new Date('2026-11-21T12:00:00') }));
afterEach(() => vi.useRealTimers());

const healthy = ref('etcd', 'etcd healthy', '10.0.0.1');

/** etcd does not answer for 13 of the 60 seconds that it has. */
const waiting: readonly Step[] = [
  [0, { type: 'operation-started', ...healthy }],
  [
    13_000,
    {
      type: 'operation-progress',
      ...healthy,
      text: 'waiting for etcd to answer on port 2379',
      reason: 'connect ECONNREFUSED 127.0.0.1:2379',
      timeoutSeconds: 60,
    },
  ],
];

function screen(width: number, isVerbose = false): string {
  const output = recordingOutput({ columns: width, rows: 24 });
  play(createTtyRenderer(output, { style: plainStyle, isVerbose }), [...started, planned, ...waiting]);
  vi.advanceTimersByTime(100);
  return screenOf(output.text()).split('\n').slice(3).join('\n');
}

describe('a wait on a terminal', () => {
  it.each([80, 100, 200])('is shown in words, with its time and its limit, on %d columns', (width) => {
    const lines = screen(width).split('\n');
    expect(lines[0]).toMatch(/^\S etcd +0\/2$/);
    expect(lines[1]).toMatch(
      /^ {3}10\.0\.0\.1 {2}etcd healthy: waiting for etcd to answer on port .* +13s of 60s$/,
    );
    expect(lines[1]).toHaveLength(width - 1);
  });

  it('follows the width of a terminal that is resized', () => {
    const output = { ...recordingOutput({ columns: 200, rows: 24 }) };
    const terminal = { ...output, columns: 200 };
    play(createTtyRenderer(terminal, { style: plainStyle }), [...started, planned, ...waiting]);
    vi.advanceTimersByTime(100);
    const before = output.text().length;
    terminal.columns = 60;
    vi.advanceTimersByTime(1000);
    const lines = output.text().slice(before).split('\n');
    // Each line of 199 columns takes four rows now.
    expect(lines[0]).toContain('\u001b[5A');
    expect(lines.find((line) => line.includes('10.0.0.1'))).toHaveLength(59);
  });

  it('is shown with the answer itself by --verbose', () => {
    expect(screen(100, true)).toContain('etcd healthy: connect ECONNREFUSED 127.0.0.1:2379');
  });

  it('keeps its limit on a terminal that is too narrow for its words', () => {
    expect(screen(50)).toMatch(/ 10\.0\.0\.1 {2}etcd healthy: .*… +13s of 60s/);
  });
});

describe('a wait in plain lines', () => {
  const record = (isVerbose: boolean): string => {
    const output = recordingOutput();
    play(createPlainRenderer(output, { isVerbose }), [...started, planned, ...waiting]);
    return output.text();
  };

  it('is printed with its answer by --verbose, and not at all otherwise', () => {
    expect(record(true)).toContain(
      'INFO [etcd] 10.0.0.1  etcd healthy: connect ECONNREFUSED 127.0.0.1:2379\n',
    );
    expect(record(false)).not.toContain('healthy');
  });
});

describe('the estimate of an open stage', () => {
  it.each([
    ['is that of its average', { startedAt: 0, ended: 10, total: 40 }, 60_000, 180_000],
    ['needs ten seconds', { startedAt: 0, ended: 10, total: 40 }, 9_000, undefined],
    ['needs five operations', { startedAt: 0, ended: 4, total: 8 }, 60_000, undefined],
    ['needs a quarter of the operations', { startedAt: 0, ended: 9, total: 40 }, 60_000, undefined],
    ['ends with the last one', { startedAt: 0, ended: 40, total: 40 }, 60_000, undefined],
    ['needs a start', { startedAt: undefined, ended: 10, total: 40 }, 60_000, undefined],
  ])('%s', (_, stage, now, left) => {
    expect(estimateLeft(stage, now)).toBe(left);
  });

  it('is in the line of the stage', () => {
    const output = recordingOutput({ columns: 100, rows: 24 });
    const many: Step = [
      0,
      {
        type: 'plan-made',
        operations: 20,
        stages: [{ stage: 'worker', operations: 20 }],
        unchanged: { containers: 0, files: 0, addons: 0 },
      },
    ];
    const steps = Array.from({ length: 10 }, (_, index): Step[] => [
      [0, { type: 'operation-started', ...ref('worker', 'create kubelet', `10.0.0.${index}`) }],
      [
        6000,
        {
          type: 'operation-finished',
          ...ref('worker', 'create kubelet', `10.0.0.${index}`),
          durationMs: 6000,
        },
      ],
    ]);
    const last: Step = [0, { type: 'operation-started', ...ref('worker', 'create kubelet', '10.0.0.20') }];
    play(createTtyRenderer(output, { style: plainStyle }), [...started, many, ...steps.flat(), last]);
    vi.advanceTimersByTime(100);
    expect(screenOf(output.text())).toContain('worker         10/20, about 1m 0s left');
  });
});

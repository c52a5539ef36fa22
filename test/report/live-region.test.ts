import { expect, it } from 'vitest';
import { LiveRegion } from '../../src/report/live-region.js';
import { recordingOutput } from './recording-output.js';

it('moves back by whole lines on a terminal that reports no size, such as that of `script`', () => {
  const output = recordingOutput({ columns: 0, rows: 0 });
  const region = new LiveRegion(output);
  expect([region.width, region.height]).toEqual([79, 22]);
  region.draw([], ['connect', 'x'.repeat(81)]);
  region.draw([], []);
  expect(output.text().match(/\u001b\[\w*A/g)).toEqual(['\u001b[3A']);
});

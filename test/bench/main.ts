import { measureUp, type UpTimes } from './up.js';

/** What Go rke v1.6 takes in this lab with images present, in seconds: the yardstick of the targets. */
const goRke = new Map([
  [1, { fresh: 74, noChange: 21 }],
  [3, { fresh: 113, noChange: 59 }],
]);

/** `npm run bench -- up`: times of `rke up` beside the floor of the same run. */
async function main([what = 'up', ...counts]: readonly string[]): Promise<void> {
  if (what !== 'up') {
    console.error('usage: npm run bench -- up [NODES…]');
    process.exitCode = 2;
    return;
  }
  const rows: UpTimes[] = [];
  for (const count of counts.length === 0 ? [1, 3] : counts.map(Number)) rows.push(await measureUp(count));
  console.log('seconds        fresh   floor   fresh/floor   fresh/Go rke   whole run   no change');
  for (const { nodes, fresh, floor, wholeRun, noChange } of rows) {
    const go = goRke.get(nodes);
    const cells = [
      `${nodes} node${nodes === 1 ? ' ' : 's'}`.padEnd(13),
      fresh.toFixed(1).padStart(6),
      floor.toFixed(1).padStart(7),
      (fresh / floor).toFixed(2).padStart(13),
      (go === undefined ? '' : (fresh / go.fresh).toFixed(2)).padStart(14),
      wholeRun.toFixed(1).padStart(11),
      noChange.toFixed(1).padStart(11),
    ];
    console.log(cells.join(' '));
  }
}

await main(process.argv.slice(2));

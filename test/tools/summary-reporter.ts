import type { SerializedError, TestCase, TestModule } from 'vitest/node';
import type { Reporter } from 'vitest/reporters';

interface Part {
  passed: number;
  failed: number;
  skipped: number;
  milliseconds: number;
}

const slowestShown = 10;

/**
 * Prints the errors of a test when it fails, so that they are known if the run does not reach its end; and, after all else, how long each
 * part took, and as the last line `N passed, N failed`.
 */
export class SummaryReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    if (state !== 'failed') return;
    const texts = errors.map(({ message, diff }) => [message, diff ?? ''].join('\n').trim());
    process.stdout.write(`failed: ${test.module.relativeModuleId} > ${test.fullName}\n${texts.join('\n')}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const parts = new Map<string, Part>();
    const files: { readonly name: string; readonly milliseconds: number }[] = [];
    for (const module of modules) {
      const part = partOf(module);
      parts.set(module.project.name, sum(parts.get(module.project.name), part));
      files.push({ name: module.relativeModuleId, milliseconds: part.milliseconds });
    }
    const total = [...parts.values()].reduce<Part>(sum, {
      passed: 0,
      failed: 0,
      skipped: 0,
      milliseconds: 0,
    });
    const slowest = files.sort((a, b) => b.milliseconds - a.milliseconds).slice(0, slowestShown);
    const lines = [
      '',
      'slowest files:',
      ...slowest.map(({ name, milliseconds }) => `  ${seconds(milliseconds)}  ${name}`),
      'parts (times of their files added up):',
      ...[...parts].map(([name, part]) => `  ${seconds(part.milliseconds)}  ${name}: ${counts(part)}`),
      ...(unhandledErrors.length === 0
        ? []
        : [`errors outside of tests, counted as failed: ${unhandledErrors.length}`]),
      `${total.passed} passed, ${total.failed + unhandledErrors.length} failed`,
    ];
    // The other reporters print in this turn of the event loop; this comes after them.
    process.once('exit', () => process.stdout.write(`${lines.join('\n')}\n`));
  }
}

/** A file that cannot be loaded, or a hook of it that fails, counts as one failure. */
function partOf(module: TestModule): Part {
  const part: Part = { passed: 0, failed: 0, skipped: 0, milliseconds: durationOf(module) };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed' || state === 'failed') part[state] += 1;
    else part.skipped += 1;
  }
  if (module.state() === 'failed' && part.failed === 0) part.failed = 1;
  return part;
}

function durationOf(module: TestModule): number {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  return duration + collectDuration + setupDuration;
}

function sum(a: Part | undefined, b: Part): Part {
  if (a === undefined) return b;
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
    milliseconds: a.milliseconds + b.milliseconds,
  };
}

function counts({ passed, failed, skipped }: Part): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1).padStart(7)} s`;
}

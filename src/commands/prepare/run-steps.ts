import { DeadlineError, onAbort, startDeadline } from '../../core/deadline.js';
import { describeError } from '../../core/describe-error.js';
import { dockerError, RkeError } from '../../core/errors.js';
import type { EventSink, OperationRef } from '../../core/events.js';
import { interrupted } from '../../execute/schedule.js';
import type { HostShell } from '../../host/connect/open-shells.js';
import type { CallOptions, ExecResult } from '../../host/host.js';
import type { HostPreparation, PrepareStep } from '../../reconcile/prepare/prepare-step.js';
import { rootCommand, stepLog, tailCommand } from '../../reconcile/prepare/root-command.js';

/** The stage of all steps, in events. */
export const prepareStage = 'prepare';

export interface StepsInput extends CallOptions {
  readonly shell: HostShell;
  readonly steps: readonly PrepareStep[];
  readonly usesSudo: boolean;
  /** Examines the host again. */
  readonly survey: () => Promise<HostPreparation>;
  readonly events: EventSink;
  /** How long a running step is waited for after the run was interrupted; 2 minutes by default. */
  readonly graceMilliseconds?: number | undefined;
}

/** As long as a call that changes a container is waited for. */
const usualGrace = 120_000;

/**
 * Does the steps of one host, one after the other, and checks each by what `rke doctor` reads. Stops at the first one that fails. After
 * an abort the running step is completed and no other is started.
 *
 * @returns the number of steps that were done; fewer than `steps` if the run was interrupted
 * @throws RkeError of the step that failed
 */
export async function runSteps(input: StepsInput): Promise<number> {
  const { steps, shell, events, signal } = input;
  for (const [index, step] of steps.entries()) {
    const skipFrom = (from: number, because: string): void => {
      for (const rest of steps.slice(from))
        events.emit({ type: 'operation-skipped', ...refOf(rest, shell), because });
    };
    if (signal.aborted) {
      skipFrom(index, interrupted);
      return index;
    }
    const ref = refOf(step, shell);
    const started = performance.now();
    events.emit({ type: 'operation-started', ...ref });
    try {
      // An earlier step may have done it: packages of Debian start what they install.
      if (index === 0 || isPlanned(step, await input.survey())) await runStep(step, input);
      events.emit({ type: 'operation-finished', ...ref, durationMs: performance.now() - started });
    } catch (error) {
      if (isInterruption(error, input)) {
        skipFrom(index, interrupted);
        return index;
      }
      const durationMs = performance.now() - started;
      events.emit({ type: 'operation-failed', ...ref, durationMs, error: describeError(error) });
      skipFrom(index + 1, `${step.title} failed`);
      throw error;
    }
  }
  return steps.length;
}

/** True for what the abort itself has ended; what failed by itself meanwhile is a failure. */
const isInterruption = (error: unknown, { signal }: CallOptions): boolean =>
  signal.aborted && error === signal.reason;

const refOf = ({ part, title }: PrepareStep, { address }: HostShell): OperationRef => ({
  operation: `${part}@${address}`,
  title,
  stage: prepareStage,
  host: address,
});

/** True as long as the check of a step does not hold. */
export function isPlanned({ part }: Pick<PrepareStep, 'part'>, { steps, byHand }: HostPreparation): boolean {
  return [...steps, ...byHand].some((one) => one.part === part);
}

async function runStep(step: PrepareStep, input: StepsInput): Promise<void> {
  const { shell, usesSudo } = input;
  const milliseconds = step.limitSeconds * 1000;
  const { code, stdout, stderr } = await completed(input, (signal) =>
    shell.exec(rootCommand(step, { usesSudo }), { signal, milliseconds }),
  ).catch(async (error: unknown) => {
    if (!isTimeout(error)) throw error;
    const message = `cannot ${step.title}: it did not end within ${step.limitSeconds} s, and may still run`;
    throw failed(step, {
      host: shell.address,
      message,
      evidence: await lastLines(step, input),
      cause: error,
    });
  });
  const lines = linesOf(stdout);
  if (code !== 0) {
    const [first = ''] = lines;
    const command = first.startsWith('+ ') ? first.slice(2) : undefined;
    const message = `cannot ${step.title}: ${command === undefined ? 'it' : `\`${command}\``} failed with exit code ${code}`;
    const evidence = [...lines.slice(command === undefined ? 0 : 1), ...linesOf(stderr)];
    throw failed(step, { host: shell.address, message, evidence });
  }
  if (!isPlanned(step, await input.survey())) return;
  const message = `cannot ${step.title}: its commands succeeded, but without effect (expected: ${step.check})`;
  throw failed(step, { host: shell.address, message, evidence: await lastLines(step, input) });
}

/** True if a command did not end in time, over SSH or a transport. */
const isTimeout = (error: unknown): boolean =>
  error instanceof RkeError &&
  (error.code === 'SSH_COMMAND_TIMEOUT' || error.details.cause instanceof DeadlineError);

/** Waits for a call that changes the host until it ends: after an abort for a time only, because it ends without this caller, too. */
async function completed(
  { signal, graceMilliseconds = usualGrace }: StepsInput,
  call: (signal: AbortSignal) => Promise<ExecResult>,
): Promise<ExecResult> {
  const stop = new AbortController();
  const giveUp = (): void => {
    const grace = startDeadline(graceMilliseconds);
    forgets.push(
      onAbort(grace.signal, () => stop.abort(signal.reason)),
      () => grace[Symbol.dispose](),
    );
  };
  const forgets = [onAbort(signal, giveUp)];
  try {
    return await call(stop.signal);
  } finally {
    for (const forget of forgets) forget();
  }
}

const tailMilliseconds = 5000;

/** The end of the output of a step, as far as the host can be asked. */
async function lastLines(step: PrepareStep, { shell, usesSudo, signal }: StepsInput): Promise<string[]> {
  const command = tailCommand(step, { usesSudo });
  return shell
    .exec(command, { signal, milliseconds: tailMilliseconds })
    .then(({ stdout }) => linesOf(stdout))
    .catch(() => []);
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

function failed(
  step: PrepareStep,
  {
    message,
    ...details
  }: {
    readonly host: string;
    readonly message: string;
    readonly evidence: readonly string[];
    readonly cause?: unknown;
  },
): RkeError {
  const hint = step.hint === undefined ? '' : `${step.hint}; `;
  const fix = `${hint}read \`sudo cat ${stepLog(step)}\` on the host, fix the cause, then run \`rke prepare\` again`;
  return dockerError('PREPARE_FAILED', message, { ...details, fix });
}

import type { EventPayload } from '../core/events.js';

interface OpenStage {
  readonly total: number;
  startedAt: number | undefined;
  done: number;
  failed: number;
  skipped: number;
}

/**
 * Reports start and end of stages. The graph of operations has no stages: they are a view for people, derived here from the
 * events of operations.
 */
export class StageTracker {
  readonly #stages = new Map<string, OpenStage>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Events to report before the given one. */
  before(event: EventPayload): EventPayload[] {
    if (event.type !== 'operation-started') return [];
    const stage = this.#stages.get(event.stage);
    if (stage === undefined || stage.startedAt !== undefined) return [];
    stage.startedAt = this.#now();
    return [{ type: 'stage-started', stage: event.stage, operations: stage.total }];
  }

  /** Events to report after the given one. */
  after(event: EventPayload): EventPayload[] {
    if (event.type === 'plan-made') this.#open(event.stages);
    if (event.type === 'operation-finished') return this.#count(event.stage, 'done');
    if (event.type === 'operation-failed') return this.#count(event.stage, 'failed');
    if (event.type === 'operation-skipped') return this.#count(event.stage, 'skipped');
    return [];
  }

  #open(stages: readonly { readonly stage: string; readonly operations: number }[]): void {
    for (const { stage, operations } of stages)
      this.#stages.set(stage, { total: operations, startedAt: undefined, done: 0, failed: 0, skipped: 0 });
  }

  #count(name: string, outcome: 'done' | 'failed' | 'skipped'): EventPayload[] {
    const stage = this.#stages.get(name);
    if (stage === undefined) return [];
    stage[outcome] += 1;
    const { total, startedAt, done, failed, skipped } = stage;
    if (done + failed + skipped < total) return [];
    const now = this.#now();
    return [
      { type: 'stage-finished', stage: name, durationMs: now - (startedAt ?? now), done, failed, skipped },
    ];
  }
}

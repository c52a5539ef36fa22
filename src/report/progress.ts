import type { OperationRef, RkeEvent } from '../core/events.js';
import type { EventOf } from './run-texts.js';

/** A running operation, and its start. */
export interface Running {
  readonly title: string;
  readonly host: string | undefined;
  readonly startedAt: number;
  /** What it waits for, or how far it is. */
  readonly text: string | undefined;
  /** The answer that `text` hides. */
  readonly reason: string | undefined;
  /** How long it may wait, in seconds. */
  readonly timeoutSeconds: number | undefined;
}

/** Current progress of one stage. */
export interface StageProgress {
  readonly stage: string;
  readonly total: number;
  readonly ended: number;
  readonly failed: number;
  readonly running: ReadonlyMap<string, Running>;
  readonly startedAt: number | undefined;
  readonly finished: EventOf<'stage-finished'> | undefined;
}

/** Current progress of a run, for a renderer to draw at any time. Times are milliseconds since 1970. */
export class Progress {
  run: EventOf<'run-started'> | undefined;
  plan: EventOf<'plan-made'> | undefined;
  certificates: EventOf<'certificates-ready'> | undefined;
  readonly connected: EventOf<'host-connected'>[] = [];
  readonly unreachable: EventOf<'host-unreachable'>[] = [];
  readonly newKeys: EventOf<'host-key-recorded'>[] = [];
  /** In the order in which they end. */
  stages: readonly StageProgress[] = [];

  /** Updates the progress by an event. */
  note(event: RkeEvent): void {
    switch (event.type) {
      case 'run-started':
        this.run = event;
        return;
      case 'host-connected':
        this.connected.push(event);
        return;
      case 'host-unreachable':
        this.unreachable.push(event);
        return;
      case 'host-key-recorded':
        this.newKeys.push(event);
        return;
      case 'certificates-ready':
        this.certificates = event;
        return;
      case 'plan-made':
        this.plan = event;
        this.stages = event.stages.map(({ stage, operations }) => ({
          stage,
          total: operations,
          ended: 0,
          failed: 0,
          running: new Map(),
          startedAt: undefined,
          finished: undefined,
        }));
        return;
      case 'operation-started':
        this.#run(event, { startedAt: Date.parse(event.time) });
        return;
      case 'operation-progress': {
        const { text, reason, timeoutSeconds } = event;
        this.#run(event, { text, reason, timeoutSeconds });
        return;
      }
      case 'operation-finished':
      case 'operation-failed':
      case 'operation-skipped':
        this.#end(event);
        return;
      case 'stage-finished':
        this.#update(event.stage, () => ({ finished: event }));
        return;
      case 'stage-started':
        this.#update(event.stage, () => ({ startedAt: Date.parse(event.time) }));
        return;
      // They do not change the progress.
      case 'state-saved':
      case 'state-recovered':
      case 'snapshot-saved':
      case 'snapshot-verified':
      case 'warning':
      case 'debug':
      case 'run-finished':
        return;
    }
  }

  #run(ref: OperationRef, change: Partial<Running>): void {
    const running = this.#running(ref.stage);
    const before = running?.get(ref.operation);
    const { title, host } = ref;
    const now = { startedAt: 0, text: undefined, reason: undefined, timeoutSeconds: undefined, ...before };
    running?.set(ref.operation, { ...now, title, host, ...change });
  }

  #end(event: EventOf<'operation-finished' | 'operation-failed' | 'operation-skipped'>): void {
    this.#running(event.stage)?.delete(event.operation);
    this.#update(event.stage, ({ ended, failed }) => ({
      ended: ended + 1,
      failed: failed + (event.type === 'operation-failed' ? 1 : 0),
    }));
  }

  /** Changed in place: with a thousand hosts, a copy for each event would take most of the time of a run. */
  #running(name: string): Map<string, Running> | undefined {
    return this.stages.find(({ stage }) => stage === name)?.running as Map<string, Running> | undefined;
  }

  #update(name: string, change: (stage: StageProgress) => Partial<StageProgress>): void {
    this.stages = this.stages.map((stage) => (stage.stage === name ? { ...stage, ...change(stage) } : stage));
  }
}

/**
 * rke as a library: what the commands do, without a terminal. Events tell what happens; errors carry a code, an exit code,
 * the host and a fix. Nothing else of this package is stable.
 */
export { runUp as up } from './commands/up/run.js';
export type { UpOptions } from './commands/up/prepare.js';
export type { RunResult } from './run/result.js';
export { runRemove as remove } from './commands/remove.js';
export type { ClusterOptions } from './run/cluster-options.js';
export type { StateOptions } from './run/state/state-options.js';
export type { EventPayload, EventSink, RkeEvent } from './core/events.js';
export type { Diagnostic } from './core/diagnostic.js';
export { CancelledError, exitCodes, InternalError, RkeError } from './core/errors.js';
export { ConfigError } from './core/config-error.js';
export { RunFailedError, type Failure } from './core/hosts-error.js';
export { createEventHub, type EventHub, type Renderer } from './report/event-hub.js';

import type { RkeEvent } from '../core/events.js';
import { StageGroups, type GroupMarks } from './ci-groups.js';
import type { Renderer } from './event-hub.js';
import { HostGroups } from './host-groups.js';
import { formatLine, linesOf, progressLine, resultLines, startLine, type Line } from './plain-lines.js';
import type { EventOf } from './run-texts.js';
import type { TextOutput } from './style.js';
import { fold } from './wording.js';

export interface PlainOptions {
  /** Only problems, and the result in one line. */
  readonly isQuiet?: boolean;
  /** What operations wait for, too. */
  readonly isVerbose?: boolean;
  /** Folds the lines of a stage in the log of a CI system. */
  readonly groups?: GroupMarks | undefined;
}

/**
 * One line for each thing that has ended: `HH:MM:SS LEVEL [stage] host  text  duration`. For pipes, files and CI. Equal
 * problems of several hosts are one line with the hosts listed.
 */
export function createPlainRenderer(output: TextOutput, options: PlainOptions = {}): Renderer {
  const lines = new PlainLines(output, options);
  return { onEvent: (event) => lines.onEvent(event), close: () => lines.close() };
}

class PlainLines {
  readonly #output: TextOutput;
  readonly #isQuiet: boolean;
  readonly #isVerbose: boolean;
  readonly #groups: StageGroups | undefined;
  #run: EventOf<'run-started'> | undefined;
  /** Of the last event. */
  #time = '';
  /** Checks report one warning for each host, one right after another. */
  readonly #warnings = new HostGroups<Line>();
  /** Printed when all hosts are connected or given up. */
  readonly #unreachable = new HostGroups<Line>();
  /** A problem is printed when it is first met; further hosts that have it, when the stage ends. */
  readonly #repeated = new HostGroups<Line>();
  readonly #printed = new Set<string>();

  constructor(output: TextOutput, { isQuiet = false, isVerbose = false, groups }: PlainOptions) {
    this.#output = output;
    this.#isQuiet = isQuiet;
    this.#isVerbose = isVerbose;
    this.#groups = groups === undefined || isQuiet ? undefined : new StageGroups(groups);
  }

  onEvent(event: RkeEvent): void {
    this.#time = event.time;
    if (event.type === 'run-started') this.#run = event;
    if (event.type === 'warning' && event.host !== undefined) {
      this.#warn(event.host, event.message);
      return;
    }
    this.#printGroups(this.#warnings);
    if (event.type === 'host-unreachable') {
      this.#unreachable.add(event.host, { level: 'ERROR', stage: 'connect', text: event.error.message });
      return;
    }
    if (!isOfConnecting(event)) this.#printGroups(this.#unreachable);
    if (endsStage(event)) this.#printGroups(this.#repeated);
    if (event.type === 'operation-failed') this.#fail(event);
    else if (event.type === 'run-finished') this.#end(event);
    else if (event.type === 'operation-progress' && this.#isVerbose) this.#print([progressLine(event)]);
    else if (this.#groups === undefined) this.#print(linesOf(event, this.#run));
    else this.#printInGroups(event, this.#groups);
  }

  close(): void {
    for (const groups of [this.#warnings, this.#unreachable, this.#repeated]) this.#printGroups(groups);
    this.#write(this.#groups?.takeAll() ?? []);
  }

  #end(event: EventOf<'run-finished'>): void {
    this.#write(this.#groups?.takeAll() ?? []);
    const lines = this.#isQuiet ? resultLines(event, this.#run) : linesOf(event, this.#run);
    this.#write(lines.map((line) => formatLine(this.#time, line)));
  }

  /** A stage is reported when it starts, and with its lines when it has ended. */
  #printInGroups(event: RkeEvent, groups: StageGroups): void {
    const lines = linesOf(event, this.#run).map((line) => formatLine(this.#time, line));
    if (event.type === 'stage-started') this.#print([startLine(event)]);
    else if (event.type === 'operation-finished') lines.forEach((line) => groups.add(event.stage, line));
    else if (event.type === 'stage-finished') this.#write(groups.end(event, lines.join(' ')));
    else this.#write(lines);
  }

  #warn(host: string, text: string): void {
    const line: Line = { level: 'WARN', text };
    if (this.#printed.has(JSON.stringify(line))) {
      this.#repeated.add(host, line);
      return;
    }
    if (this.#warnings.size === 0) setImmediate(() => this.#printGroups(this.#warnings));
    this.#warnings.add(host, line);
  }

  #fail({ stage, host, title, error, durationMs }: EventOf<'operation-failed'>): void {
    const line: Line = { level: 'ERROR', stage, text: `${title}: ${error.message}` };
    const key = JSON.stringify(line);
    if (host !== undefined && this.#printed.has(key)) this.#repeated.add(host, line);
    else this.#print([{ ...line, host, durationMs }]);
    this.#printed.add(key);
  }

  #printGroups(groups: HostGroups<Line>): void {
    const taken = groups.take();
    for (const { line } of taken) this.#printed.add(JSON.stringify(line));
    this.#print(taken.map(({ line, hosts }) => ({ ...line, host: fold(hosts) })));
  }

  #print(lines: readonly Line[]): void {
    const shown = lines.filter(({ level }) => !this.#isQuiet || level !== 'INFO');
    this.#write(shown.map((line) => formatLine(this.#time, line)));
  }

  #write(lines: readonly string[]): void {
    if (lines.length > 0) this.#output.write(lines.map((line) => `${line}\n`).join(''));
  }
}

/** True for an event after which more hosts may turn out to be unreachable. */
function isOfConnecting({ type }: RkeEvent): boolean {
  return type === 'host-connected' || type === 'host-key-recorded' || type === 'debug';
}

function endsStage({ type }: RkeEvent): boolean {
  return type === 'plan-made' || type === 'stage-finished' || type === 'run-finished';
}

import type { RkeEvent } from '../core/events.js';
import type { Renderer } from './event-hub.js';
import { HostGroups, type HostGroup } from './host-groups.js';
import { LiveRegion } from './live-region.js';
import { Progress } from './progress.js';
import { closingPhrase, headerText, recoveredLines, summaryLines, type EventOf } from './run-texts.js';
import { oneLine, truncate, type Style, type TextOutput } from './style.js';
import { finishedStageLine, liveStageLines, prologueLines, type Look } from './tty-lines.js';
import { foldTo } from './wording.js';

const millisecondsPerFrame = 100;

/** What is wrong with hosts: as many different lines stay live, waiting for more hosts with the same problem. */
const mostLiveProblems = 5;

/** A line about hosts, after their names. */
interface Problem {
  readonly mark: 'bad' | 'warn';
  readonly text: string;
}

export interface TtyOptions {
  readonly style: Style;
  /** Shows the answers that waits get, in place of words. */
  readonly isVerbose?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Draws a run on a terminal, ten times a second at most: finished stages as one line each, in their order; below them the
 * open ones with a line for each host at work. The same problem of several hosts is one line with the hosts listed.
 */
export function createTtyRenderer(
  output: TextOutput,
  { style, isVerbose = false, now = Date.now }: TtyOptions,
): Renderer {
  const screen = new Screen(output, { style, isVerbose, now });
  const timer = setInterval(() => screen.draw(), millisecondsPerFrame);
  // The timer must not keep the process alive.
  timer.unref();
  return {
    onEvent: (event) => screen.onEvent(event),
    pause: () => screen.pause(),
    close: () => {
      clearInterval(timer);
      screen.close();
    },
  };
}

class Screen {
  readonly #region: LiveRegion;
  readonly #style: Style;
  readonly #isVerbose: boolean;
  readonly #now: () => number;
  readonly #progress = new Progress();
  /** Lines that stay, not yet written. */
  #lasting: string[] = [];
  /** Live until the next stage ends, since other hosts may have the same problem. */
  readonly #problems = new HostGroups<Problem>();
  #isHeaderShown = false;
  #stagesShown = 0;
  #isOver = false;
  #isPaused = false;

  constructor(output: TextOutput, { style, isVerbose, now }: Required<TtyOptions>) {
    this.#region = new LiveRegion(output);
    this.#style = style;
    this.#isVerbose = isVerbose;
    this.#now = now;
  }

  onEvent(event: RkeEvent): void {
    this.#progress.note(event);
    if (event.type === 'host-unreachable') this.#note('bad', event.host, event.error.message);
    if (event.type === 'operation-failed')
      this.#note('bad', event.host, `${event.title}: ${event.error.message}`);
    if (event.type === 'warning') this.#note('warn', event.host, event.message);
    if (event.type === 'state-recovered')
      this.#lasting.push(...recoveredLines(event).map((line) => `${this.#style.good('✓')} ${oneLine(line)}`));
    // Without operations, one line at the end is enough.
    if (event.type === 'plan-made' && event.operations > 0) this.#showHeader();
    if (event.type === 'stage-finished') this.#showFinishedStages();
    if (event.type === 'run-finished') this.#finish(event);
  }

  pause(): () => void {
    this.#keepProblems();
    this.draw([]);
    this.#isPaused = true;
    return () => (this.#isPaused = false);
  }

  draw(live?: readonly string[]): void {
    if (this.#isPaused) return;
    const lasting = this.#lasting;
    this.#lasting = [];
    this.#region.draw(lasting, live ?? this.#liveLines());
  }

  /** Leaves the lines that stay, and the header. */
  close(): void {
    if (!this.#isOver) this.#showHeader();
    this.#isOver = true;
    this.#keepProblems();
    this.draw();
  }

  get #look(): Look {
    return {
      style: this.#style,
      width: this.#region.width,
      now: this.#now(),
      isVerbose: this.#isVerbose,
    };
  }

  #liveLines(): string[] {
    const { run, stages } = this.#progress;
    if (this.#isOver) return [];
    const problems = this.#problems.all.map((problem) => this.#problemLine(problem));
    if (run === undefined) return problems;
    const { height, width } = this.#region;
    return this.#isHeaderShown
      ? [
          ...problems,
          ...liveStageLines(stages.slice(this.#stagesShown), this.#look, height - problems.length),
        ]
      : [truncate(headerText(run), width), ...prologueLines(this.#progress, this.#look), ...problems];
  }

  #showHeader(): void {
    const { run, plan } = this.#progress;
    if (this.#isHeaderShown || run === undefined) return;
    this.#isHeaderShown = true;
    // Problems of connecting came before, but read better below.
    this.#lasting.unshift(
      truncate(headerText(run, plan?.operations), this.#region.width),
      ...prologueLines(this.#progress, this.#look),
      ...(plan?.summary ?? []).map((line) => truncate(oneLine(line), this.#region.width)),
    );
    this.#keepProblems();
  }

  /** A stage that ended before an earlier one stays live until that one has ended too. */
  #showFinishedStages(): void {
    this.#keepProblems();
    const { stages } = this.#progress;
    for (
      let stage = stages[this.#stagesShown];
      stage?.finished !== undefined;
      stage = stages[this.#stagesShown]
    ) {
      this.#lasting.push(finishedStageLine(stage.finished, this.#look));
      this.#stagesShown += 1;
    }
  }

  #note(mark: Problem['mark'], host: string | undefined, message: string): void {
    const text = oneLine(message);
    if (host === undefined) this.#lasting.push(this.#problemLine({ line: { mark, text }, hosts: [] }));
    else this.#problems.add(host, { mark, text });
    if (this.#problems.size > mostLiveProblems) this.#keepProblems();
  }

  #keepProblems(): void {
    this.#lasting.push(...this.#problems.take().map((problem) => this.#problemLine(problem)));
  }

  /** `✗ 10.0.0.1, 10.0.0.2, … 48 more: Docker is not running`: the hosts take half of the line at most. */
  #problemLine({ line: { mark, text }, hosts }: HostGroup<Problem>): string {
    const width = this.#region.width - 2;
    const who = hosts.length === 0 ? '' : `${foldTo(Math.floor(width / 2), hosts)}: `;
    return `${mark === 'bad' ? this.#style.bad('✗') : this.#style.warn('!')} ${truncate(`${who}${text}`, width)}`;
  }

  #finish(event: EventOf<'run-finished'>): void {
    const { run, stages } = this.#progress;
    if (event.outcome !== 'no-change') this.#showHeader();
    this.#isOver = true;
    this.#keepProblems();
    const unshown = stages.slice(this.#stagesShown).flatMap(({ finished }) => finished ?? []);
    this.#lasting.push(...unshown.map((finished) => finishedStageLine(finished, this.#look)));
    const summary = summaryLines(run, event);
    const phrase = closingPhrase(run, event);
    if (summary.length > 0 && event.outcome !== 'no-change') this.#lasting.push('');
    this.#lasting.push(...summary, ...(phrase === undefined ? [] : [`INFO ${phrase}`]));
    this.draw();
  }
}

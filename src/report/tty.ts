import type { RkeEvent } from '../core/events.js';
import type { Renderer } from './event-hub.js';
import { LiveRegion } from './live-region.js';
import { Progress } from './progress.js';
import { closingPhrase, headerText, recoveredLines, summaryLines, type EventOf } from './run-texts.js';
import { oneLine, truncate, type Style, type TextOutput } from './style.js';
import { finishedStageLine, liveStageLines, prologueLines, type Look } from './tty-lines.js';

const millisecondsPerFrame = 100;

export interface TtyOptions {
  readonly style: Style;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Draws a run on a terminal, ten times a second at most: stages that have ended as one line each, in their order; below
 * them the open ones with a line for each host that works.
 */
export function createTtyRenderer(output: TextOutput, { style, now = Date.now }: TtyOptions): Renderer {
  const screen = new Screen(output, style, now);
  const timer = setInterval(() => screen.draw(), millisecondsPerFrame);
  // A timer for looks must not keep the process alive.
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
  readonly #now: () => number;
  readonly #progress = new Progress();
  /** Lines that stay, not yet written. */
  #lasting: string[] = [];
  #isHeaderShown = false;
  #stagesShown = 0;
  #isOver = false;
  #isPaused = false;

  constructor(output: TextOutput, style: Style, now: () => number) {
    this.#region = new LiveRegion(output);
    this.#style = style;
    this.#now = now;
  }

  onEvent(event: RkeEvent): void {
    this.#progress.note(event);
    if (event.type === 'host-unreachable') this.#problem(event.host, event.error.message);
    if (event.type === 'operation-failed')
      this.#problem(event.host, `${event.title}: ${event.error.message}`);
    if (event.type === 'warning') this.#keep(this.#style.warn('!'), event.host, event.message);
    if (event.type === 'state-recovered')
      this.#lasting.push(...recoveredLines(event).map((line) => `${this.#style.good('✓')} ${oneLine(line)}`));
    // Where nothing is to be done, one line says all, at the end.
    if (event.type === 'plan-made' && event.operations > 0) this.#showHeader();
    if (event.type === 'stage-finished') this.#showFinishedStages();
    if (event.type === 'run-finished') this.#finish(event);
  }

  pause(): () => void {
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

  /** Leaves what lasts, and of what was under way nothing but the header. */
  close(): void {
    if (!this.#isOver) this.#showHeader();
    this.#isOver = true;
    this.draw();
  }

  get #look(): Look {
    return { style: this.#style, width: this.#region.width, now: this.#now() };
  }

  #liveLines(): string[] {
    const { run, stages } = this.#progress;
    if (this.#isOver || run === undefined) return [];
    return this.#isHeaderShown
      ? liveStageLines(stages.slice(this.#stagesShown), this.#look, this.#region.height)
      : [truncate(headerText(run), this.#region.width), ...prologueLines(this.#progress, this.#look)];
  }

  #showHeader(): void {
    const { run, plan } = this.#progress;
    if (this.#isHeaderShown || run === undefined) return;
    this.#isHeaderShown = true;
    // Problems of connecting came before, but read better below.
    this.#lasting.unshift(
      truncate(headerText(run, plan?.operations), this.#region.width),
      ...prologueLines(this.#progress, this.#look),
    );
  }

  /** A stage that ended before an earlier one stays live until that one has ended too. */
  #showFinishedStages(): void {
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

  #problem(host: string | undefined, text: string): void {
    this.#keep(this.#style.bad('✗'), host, text);
  }

  #keep(mark: string, host: string | undefined, text: string): void {
    const line = `${host === undefined ? '' : `${host}: `}${oneLine(text)}`;
    this.#lasting.push(`${mark} ${truncate(line, this.#region.width - 2)}`);
  }

  #finish(event: EventOf<'run-finished'>): void {
    const { run, stages } = this.#progress;
    if (event.outcome !== 'no-change') this.#showHeader();
    this.#isOver = true;
    const unshown = stages.slice(this.#stagesShown).flatMap(({ finished }) => finished ?? []);
    this.#lasting.push(...unshown.map((finished) => finishedStageLine(finished, this.#look)));
    const summary = summaryLines(run, event);
    const phrase = closingPhrase(run, event);
    if (summary.length > 0 && event.outcome !== 'no-change') this.#lasting.push('');
    this.#lasting.push(...summary, ...(phrase === undefined ? [] : [`INFO ${phrase}`]));
    this.draw();
  }
}

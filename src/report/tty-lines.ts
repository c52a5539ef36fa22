import { estimateLeft } from './estimate-left.js';
import type { Progress, Running, StageProgress } from './progress.js';
import { certificatesText, stageText } from './run-texts.js';
import { displayWidth, oneLine, pad, truncate, type Style } from './style.js';
import { count, foldLines, formatDuration, sentenceList } from './wording.js';

/** How a line is drawn. */
export interface Look {
  readonly style: Style;
  readonly width: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Shows the answers that waits get. */
  readonly isVerbose?: boolean;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const nameWidth = 13;

/** `✓ images         6 pulled                     21.4s`: a mark, a name, a text, and a time at the right. */
function stageLine(
  mark: string,
  { name, text, durationMs }: { readonly name: string; readonly text: string; readonly durationMs?: number },
  { style, width }: Look,
): string {
  const time = durationMs === undefined ? undefined : formatDuration(durationMs);
  return `${mark} ${style.strong(pad(name, nameWidth))}  ${withTime(oneLine(text), time, { style, width: width - nameWidth - 4 })}`;
}

function withTime(
  text: string,
  time: string | undefined,
  { style, width }: Pick<Look, 'style' | 'width'>,
): string {
  if (time === undefined) return truncate(text, width);
  const room = width - displayWidth(time) - 2;
  return `${pad(truncate(text, room), room)}  ${style.dim(time)}`;
}

function spinner({ now, style }: Look): string {
  return style.warn(frames[Math.floor(now / 100) % frames.length] ?? '');
}

/** Connections and certificates, which come before the plan. */
export function prologueLines(progress: Progress, look: Look): string[] {
  const { certificates } = progress;
  const made = {
    name: 'certificates',
    text: certificates === undefined ? '' : certificatesText(certificates),
  };
  return [
    connectLine(progress, look),
    ...(certificates === undefined ? [] : [stageLine(look.style.good('✓'), made, look)]),
  ];
}

function connectLine({ run, plan, connected, unreachable, newKeys }: Progress, look: Look): string {
  const all = run?.hosts ?? 0;
  const isOver = plan !== undefined || connected.length + unreachable.length >= all;
  const versions = [...new Set(connected.map(({ dockerVersion }) => dockerVersion))].sort();
  const text = [
    connected.length < all ? `${connected.length} of ${count(all, 'host')}` : count(all, 'host'),
    ...(versions.length === 0 ? [] : [`Docker ${sentenceList(foldLines(versions))}`]),
    ...(newKeys.length === 0 ? [] : [`${count(newKeys.length, 'new host key')} recorded`]),
  ].join(', ');
  if (!isOver) return stageLine(spinner(look), { name: 'connect', text }, look);
  const durationMs = Math.max(0, ...connected.map((host) => host.durationMs));
  const mark = unreachable.length === 0 ? look.style.good('✓') : look.style.bad('✗');
  return stageLine(mark, { name: 'connect', text, durationMs }, look);
}

/** One line for a finished stage. */
export function finishedStageLine(finished: NonNullable<StageProgress['finished']>, look: Look): string {
  const { style } = look;
  const mark =
    finished.failed > 0 ? style.bad('✗') : finished.skipped > 0 ? style.warn('-') : style.good('✓');
  return stageLine(
    mark,
    { name: finished.stage, text: stageText(finished), durationMs: finished.durationMs },
    look,
  );
}

/** Lines of stages that run or wait for an earlier one to end, each with a line per host at work. */
export function liveStageLines(stages: readonly StageProgress[], look: Look, height: number): string[] {
  const shown = stages.filter(({ finished, running }) => finished !== undefined || running.size > 0);
  let left = Math.max(0, height - shown.length);
  return shown.flatMap((stage) => {
    if (stage.finished !== undefined) return [finishedStageLine(stage.finished, look)];
    const head = stageLine(spinner(look), { name: stage.stage, text: openStageText(stage, look.now) }, look);
    const hosts = hostLines(stage.running.values(), look, left);
    left -= hosts.length;
    return [head, ...hosts];
  });
}

/** `12/40, 1 failed, about 2m 5s left` */
function openStageText(stage: StageProgress, now: number): string {
  const left = estimateLeft(stage, now);
  return [
    `${stage.ended}/${stage.total}`,
    ...(stage.failed === 0 ? [] : [`${stage.failed} failed`]),
    ...(left === undefined ? [] : [`about ${formatDuration(left)} left`]),
  ].join(', ');
}

/**
 * What each host does now; those that do not fit as a number. Drawn ten times a second with up to a thousand hosts: only
 * visible lines are made.
 */
function hostLines(running: Iterable<Running>, look: Look, room: number): string[] {
  if (room === 0) return [];
  const hosts = new Map<string, Running[]>();
  for (const operation of running) {
    const host = operation.host ?? 'cluster';
    const known = hosts.get(host);
    if (known === undefined) hosts.set(host, [operation]);
    else known.push(operation);
  }
  const names = [...hosts.keys()].sort();
  const shown = names.length <= room ? names : names.slice(0, room - 1);
  const width = Math.max(0, ...shown.map(displayWidth));
  const lines = shown.map((name) => hostLine(pad(name, width), hosts.get(name) ?? [], look));
  const hidden = names.length - shown.length;
  return hidden === 0 ? lines : [...lines, look.style.dim(`   … ${count(hidden, 'more host')}`)];
}

/** Shows the operation of the host that started last, and the number of the others. */
function hostLine(host: string, operations: readonly Running[], look: Look): string {
  const last = operations.at(-1);
  if (last === undefined) return `   ${host}`;
  const more = operations.length > 1 ? ` (and ${operations.length - 1} more)` : '';
  const time = timeOf(last, look.now);
  const width = look.width - displayWidth(host) - 5;
  const room = Math.max(10, width - more.length - Math.max(8, time.length + 2));
  const shown = `${truncate(oneLine(operationText(last, look)), room)}${more}`;
  return `   ${host}  ${withTime(shown, time, { style: look.style, width })}`;
}

function operationText({ title, text, reason }: Running, { isVerbose = false }: Look): string {
  const waiting = isVerbose ? (reason ?? text) : text;
  return waiting === undefined ? title : `${title}: ${waiting}`;
}

/** `13s of 120s` for a wait that has a limit, `13s` otherwise. */
function timeOf({ startedAt, timeoutSeconds }: Running, now: number): string {
  const elapsed = now - startedAt;
  return timeoutSeconds === undefined
    ? formatDuration(elapsed)
    : `${Math.max(0, Math.round(elapsed / 1000))}s of ${timeoutSeconds}s`;
}

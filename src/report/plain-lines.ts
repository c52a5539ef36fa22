import type { RkeEvent } from '../core/events.js';
import {
  certificatesText,
  closingPhrase,
  headerText,
  recoveredLines,
  snapshotText,
  verifiedText,
  stageText,
  summaryLines,
  unavailableLines,
  type EventOf,
} from './run-texts.js';
import { oneLine } from './style.js';
import { count, formatDuration } from './wording.js';

type Level = 'INFO' | 'WARN' | 'ERROR';

/** One line of plain output. */
export interface Line {
  readonly level: Level;
  readonly stage?: string;
  readonly host?: string | undefined;
  readonly text: string;
  readonly durationMs?: number;
}

/** `12:00:01 INFO [etcd] 10.0.0.1  create etcd  0.4s` */
export function formatLine(time: string, { level, stage, host, text, durationMs }: Line): string {
  const parts = [host, oneLine(text), durationMs === undefined ? undefined : formatDuration(durationMs)];
  const body = parts.filter((part) => part !== undefined).join('  ');
  return `${timeOfDay(time)} ${level} ${stage === undefined ? '' : `[${stage}] `}${body}`;
}

/** Local time. */
function timeOfDay(time: string): string {
  return new Date(time).toTimeString().slice(0, 8);
}

/** Lines for an event; problems of hosts have none here, since equal ones are collected. */
export function linesOf(event: RkeEvent, run: EventOf<'run-started'> | undefined): Line[] {
  switch (event.type) {
    case 'run-started':
      return [{ level: 'INFO', stage: 'run', text: headerText(event) }];
    case 'host-connected': {
      const { host, dockerVersion, durationMs } = event;
      return [{ level: 'INFO', stage: 'connect', host, text: `Docker ${dockerVersion}`, durationMs }];
    }
    case 'host-key-recorded': {
      const { host, fingerprint, file } = event;
      return [
        { level: 'INFO', stage: 'connect', host, text: `new host key ${fingerprint} recorded in ${file}` },
      ];
    }
    case 'certificates-ready':
      return [{ level: 'INFO', stage: 'certificates', text: certificatesText(event) }];
    case 'plan-made':
      return event.operations === 0
        ? []
        : [
            { level: 'INFO', stage: 'run', text: count(event.operations, 'operation') },
            ...(event.summary ?? []).map((text): Line => ({ level: 'INFO', stage: 'run', text })),
          ];
    case 'operation-finished': {
      const { stage, host, title, durationMs } = event;
      return [{ level: 'INFO', stage, host, text: title, durationMs }];
    }
    case 'stage-finished': {
      const { stage, durationMs } = event;
      return [
        {
          level: event.failed > 0 ? 'ERROR' : event.skipped > 0 ? 'WARN' : 'INFO',
          stage,
          text: stageText(event),
          durationMs,
        },
      ];
    }
    case 'state-saved':
      return [{ level: 'INFO', stage: 'state', text: `saved to ${event.file}` }];
    case 'state-recovered':
      return recoveredLines(event).map((text) => ({ level: 'INFO', stage: 'state', text }));
    case 'snapshot-saved': {
      const { host, durationMs } = event;
      return [{ level: 'INFO', stage: 'snapshot', host, text: snapshotText(event), durationMs }];
    }
    case 'snapshot-verified':
      return [{ level: 'INFO', stage: 'snapshot', host: event.host, text: verifiedText(event) }];
    case 'warning':
      return [{ level: 'WARN', text: event.message }];
    case 'run-finished':
      return endLines(event, run);
    // Collected by host.
    case 'host-unreachable':
    case 'operation-failed':
    case 'stage-started':
    case 'operation-started':
    case 'operation-progress':
    // Counted in the line of the stage.
    case 'operation-skipped':
    case 'debug':
      return [];
  }
}

/** What an operation waits for; the answer that it got instead, if there is one. */
export function progressLine({ stage, host, title, text, reason }: EventOf<'operation-progress'>): Line {
  return { level: 'INFO', stage, host, text: `${title}: ${reason ?? text}` };
}

/** The start of a stage. */
export function startLine({ stage, operations }: EventOf<'stage-started'>): Line {
  return { level: 'INFO', stage, text: `${count(operations, 'operation')} started` };
}

function endLines(event: EventOf<'run-finished'>, run: EventOf<'run-started'> | undefined): Line[] {
  const level = levelOfEnd(event);
  const phrase = closingPhrase(run, event);
  return [
    ...summaryLines(run, event).map((text): Line => ({ level, stage: 'run', text })),
    ...(phrase === undefined ? [] : [{ level, text: phrase } satisfies Line]),
  ];
}

/** The end of a run in one line, after what is not available yet; nothing if the error is all that there is to report. */
export function resultLines(event: EventOf<'run-finished'>, run: EventOf<'run-started'> | undefined): Line[] {
  const missing = unavailableLines(event).map((text): Line => ({ level: 'WARN', stage: 'run', text }));
  const text = [closingPhrase(run, event) ?? [], summaryLines(run, event)[0] ?? []].flat().join(': ');
  return text === '' ? missing : [...missing, { level: levelOfEnd(event), stage: 'run', text }];
}

function levelOfEnd({ outcome }: EventOf<'run-finished'>): Level {
  return outcome === 'failed' ? 'ERROR' : outcome === 'cancelled' ? 'WARN' : 'INFO';
}

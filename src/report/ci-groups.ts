/** How the log of a CI system folds lines under a title. */
export interface GroupMarks {
  readonly start: (title: string, group: GroupId) => string;
  readonly end: (group: GroupId) => string;
}

interface GroupId {
  readonly stage: string;
  /** When the group ended, RFC 3339: makes its name unique in a job that calls rke more than once. */
  readonly time: string;
}

/** Workflow commands of GitHub Actions (docs.github.com, "Workflow commands: Grouping log lines"). */
const githubMarks: GroupMarks = {
  start: (title) => `::group::${title}`,
  end: () => '::endgroup::',
};

/** Sections of GitLab CI (docs.gitlab.com, "Job logs: Expand and collapse job log sections"). */
const gitlabMarks: GroupMarks = {
  start: (title, group) => `${section('start', group)}[collapsed=true]\r\u001b[0K${title}`,
  end: (group) => `${section('end', group)}\r\u001b[0K`,
};

function section(mark: 'start' | 'end', { stage, time }: GroupId): string {
  const milliseconds = Date.parse(time);
  const name = `rke_${stage.replace(/[^\w.-]/g, '_')}_${milliseconds}`;
  return `\u001b[0Ksection_${mark}:${Math.floor(milliseconds / 1000)}:${name}`;
}

/** Marks of the CI system that rke runs in; undefined if it has none. */
export function groupMarksOf(env: Readonly<Record<string, string | undefined>>): GroupMarks | undefined {
  if (env['GITHUB_ACTIONS'] === 'true') return githubMarks;
  return (env['GITLAB_CI'] ?? '') === '' ? undefined : gitlabMarks;
}

/** Lines of stages that run side by side, kept until their stage ends, so that each stage is one group. */
export class StageGroups {
  readonly #marks: GroupMarks;
  readonly #lines = new Map<string, string[]>();

  constructor(marks: GroupMarks) {
    this.#marks = marks;
  }

  /** Keeps a line of an open stage. */
  add(stage: string, line: string): void {
    const lines = this.#lines.get(stage);
    if (lines === undefined) this.#lines.set(stage, [line]);
    else lines.push(line);
  }

  /** @returns the lines of a stage that ended, under its title */
  end(group: GroupId, title: string): string[] {
    const lines = this.#lines.get(group.stage) ?? [];
    this.#lines.delete(group.stage);
    return lines.length === 0 ? [title] : [this.#marks.start(title, group), ...lines, this.#marks.end(group)];
  }

  /** @returns the lines of stages that did not end */
  takeAll(): string[] {
    const lines = [...this.#lines.values()].flat();
    this.#lines.clear();
    return lines;
  }
}

/** A line, and the hosts that it is about. */
export interface HostGroup<Line> {
  readonly line: Line;
  readonly hosts: readonly string[];
}

/** Collects lines about hosts: equal lines about several hosts become one with the hosts listed. */
export class HostGroups<Line extends object> {
  readonly #groups = new Map<string, { readonly line: Line; readonly hosts: Set<string> }>();

  /** How many different lines there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** In the order in which the first of each was added. */
  get all(): HostGroup<Line>[] {
    return Array.from(this.#groups.values(), ({ line, hosts }) => ({ line, hosts: [...hosts] }));
  }

  add(host: string, line: Line): void {
    const key = JSON.stringify(line);
    const group = this.#groups.get(key) ?? { line, hosts: new Set<string>() };
    this.#groups.set(key, group);
    group.hosts.add(host);
  }

  /** @returns all groups, which are then forgotten */
  take(): HostGroup<Line>[] {
    const taken = this.all;
    this.#groups.clear();
    return taken;
  }
}

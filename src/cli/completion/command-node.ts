/** A command as its help shows it, as data: completion and man pages are made of it. */
export interface CommandNode {
  readonly name: string;
  readonly description: string;
  /** The arguments after the name, such as `[options] <names...>`. */
  readonly usage: string;
  readonly options: readonly OptionNode[];
  readonly arguments: readonly ArgumentNode[];
  readonly commands: readonly CommandNode[];
  /** The text below the lists: remarks and examples. */
  readonly remarks: string;
}

export interface OptionNode {
  /** Such as `-c` and `--config`. */
  readonly names: readonly string[];
  /** Such as `-c, --config <file>`. */
  readonly term: string;
  /** With its default and its choices. */
  readonly description: string;
  /** The value that follows; undefined for a switch. */
  readonly value: ArgumentNode | undefined;
}

export interface ArgumentNode {
  /** The placeholder in the help, such as `file`. It also says which words can stand there. */
  readonly name: string;
  readonly choices: readonly string[];
  readonly isVariadic: boolean;
}

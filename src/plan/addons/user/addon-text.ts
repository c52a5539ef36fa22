import type { Position } from '../../../core/diagnostic.js';
import type { Origin } from './user-addon.js';

/** A text with manifests, as it was read. */
export interface AddonText {
  /** Path in cluster.yml: `addons` or `addons_include[2]`. */
  readonly path: string;
  /** File or URL that messages name. */
  readonly file: string;
  readonly text: string;
  /** Position in `file` of a position in `text`, if the text is a part of the file. */
  readonly locate?: (position: Position) => Position;
}

/** Where a position of an add-on's text is. */
export function originIn({ file, locate }: AddonText, position: Position): Origin {
  const { line, column } = locate === undefined ? position : locate(position);
  return { file, line, column };
}

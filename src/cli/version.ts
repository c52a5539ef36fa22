import { readProgramFile } from '../run/program-file.js';

const manifest = JSON.parse(readProgramFile('package.json')) as { version: string };

/** Version of this program, from package.json. */
export const { version } = manifest;

import { main } from '../../src/cli/main.js';

/** `npm run dev -- ARGUMENTS`: runs rke from its sources, in the directory in which npm was called. */
process.chdir(process.env['INIT_CWD'] ?? '.');
process.exitCode = await main(process.argv.slice(2));

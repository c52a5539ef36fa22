import { examine } from '../../commands/doctor/examine.js';
import { exitCodes } from '../../core/errors.js';
import { redactValue } from '../../core/redact.js';
import { screenLookOf } from '../../report/screen-look.js';
import type { CommandContext } from '../command-context.js';
import type { ReadFlags } from '../print-read.js';
import { printer } from '../print-read.js';
import { runQuietly } from '../run-quietly.js';
import { formatDoctor } from '../show/doctor-text.js';

/** Flags of `rke doctor`. */
export interface DoctorFlags extends ReadFlags {
  readonly nodes?: readonly string[];
}

/**
 * `rke doctor`: prints what is wrong with hosts and their cluster.
 *
 * @returns 0 if nothing was found, 10 otherwise
 */
export async function doctor(flags: DoctorFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  let code: number = exitCodes.ok;
  const failed = await runQuietly(flags, context, async (options) => {
    // The report has everything that events would say of hosts.
    const events = flags.logFormat === 'json' ? options.events : { emit: () => undefined };
    const report = redactValue(await examine({ ...options, events, nodes: flags.nodes }));
    const look = screenLookOf(io.stdout, { env: io.env, verbose: flags.verbose });
    printer(flags, context)(report, () => formatDoctor(report, look));
    if (report.findings.length > 0) code = exitCodes.findings;
  });
  return failed === exitCodes.ok ? code : failed;
}

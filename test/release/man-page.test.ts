import { describe, expect, it } from 'vitest';
import { describeProgram } from '../../src/cli/program/describe-program.js';
import { createRecordedProgram } from '../tools/commands-doc.js';
import { writeManPages } from './man-page.js';

describe('manual pages', () => {
  const pages = writeManPages(describeProgram(createRecordedProgram()), '9.8.7-rc.1');

  it('exist for each command, and for no hidden one', () => {
    expect([...pages.keys()]).toEqual(
      expect.arrayContaining(['rke.1', 'rke-up.1', 'rke-etcd-snapshot-restore.1']),
    );
    expect([...pages.keys()].filter((name) => /help|__/.test(name))).toEqual([]);
  });

  it('have the same options as the help', () => {
    const page = pages.get('rke-up.1') ?? '';
    expect(page).toContain('.TH "RKE\\-UP" "1" "" "rke 9.8.7\\-rc.1" "rke"');
    expect(page).toContain(
      '.TP\n\\fB\\-c\\fR, \\fB\\-\\-config\\fR <file>\ncluster file, or \\- for standard input (default: "cluster.yml", env: RKE_CONFIG)',
    );
    expect(page).toMatch(/\.SH EXAMPLES\n\.EX\n {2}rke up\n/);
    expect(page).toContain('.SH SEE ALSO\n.BR rke (1)');
  });

  it('list the subcommands', () => {
    expect(pages.get('rke-cert.1')).toContain('.SH COMMANDS\n.TP\n\\fBrotate\\fR\nreissue certificates');
  });

  it('escape what roff would take as a request', () => {
    const node = { name: 'x', description: '.a\\b', usage: '', options: [], arguments: [], commands: [] };
    const page = writeManPages({ ...node, remarks: "'quoted\n\nlast\n\nExamples:\n  x" }, '1').get('x.1');
    expect(page).toContain('x \\- \\&.a\\eb');
    expect(page).toContain(".SH DESCRIPTION\n\\&'quoted\n.PP\nlast\n");
  });
});

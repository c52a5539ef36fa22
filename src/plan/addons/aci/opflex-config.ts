import type { AciRevision } from './aci-revision.js';
import type { AciSettings } from './aci-settings.js';
import { when } from './config-lines.js';

/** `opflex-agent-config`: what opflex-agent reads. In RKE's older templates a comma is missing if `opflex_client_ssl` is `false`. */
export function opflexConfig(settings: AciSettings, revision: AciRevision): string {
  const members = opflexMembers(settings, revision);
  const asyncJson = asyncJsonMember(settings, revision, 'opflex_agent_ovs_asyncjson_enabled');
  return [
    '{',
    '    "log": {',
    `        "level": ${JSON.stringify(settings.text('opflex_agent_log_level'))}`,
    '    },',
    '    "opflex": {',
    ...separated(members),
    ...when(
      revision.hasHppDirect && settings.isOn('enable_hpp_direct'),
      `      ,"enable-local-netpol": ${settings.text('enable_hpp_direct')}`,
    ),
    ...(revision.hasAsyncJson ? ['    },', '    "ovs": {', `      ${asyncJson}`] : []),
    '    }',
    '}',
  ].join('\n');
}

/** Members of `opflex`, each of one or more lines. */
function opflexMembers({ text, ...settings }: AciSettings, revision: AciRevision): string[] {
  const noSsl = when(text('opflex_client_ssl') === 'false', '"ssl": { "mode": "disabled"}');
  const noStatistics = when(
    revision.hasSnatExclusion && text('opflex_agent_statistics') === 'false',
    '"statistics" : { "mode" : "off" }',
  );
  const notifications = when(revision.hasPolicyResources, '"notif" : { "enabled" : "false" }');
  const asyncJson = when(
    revision.hasAsyncJson,
    asyncJsonMember({ text, ...settings }, revision, 'opflex_agent_opflex_asyncjson_enabled'),
  );
  if (!revision.hasSubnetLists) return [...notifications, ...asyncJson, ...noSsl];
  return [
    ...noSsl,
    ...noStatistics,
    ...timers({ text, ...settings }, revision),
    ...notifications,
    ...asyncJson,
  ];
}

function timers({ text }: AciSettings, { hasOpflexStartup, hasHppDirect }: AciRevision): string[] {
  const delay = text('opflex_agent_policy_retry_delay_timer');
  const reset = text('opflex_agent_reset_wait_delay');
  if (!hasOpflexStartup) return [...when(delay !== '10', `"timers" : { "policy-retry-delay": ${delay} }`)];
  const flag = (option: string): string => (hasHppDirect ? text(option) : JSON.stringify(text(option)));
  return [
    [
      '"timers" : {',
      ...when(delay !== '', `  "policy-retry-delay": ${delay},`),
      ...when(hasHppDirect && reset !== '', `  "reset-wait-delay": ${reset},`),
      `  "switch-sync-delay": ${text('opflex_switch_sync_delay')},`,
      `  "switch-sync-dynamic": ${text('opflex_switch_sync_dynamic')}`,
      '}',
    ].join('\n'),
    [
      '"startup": {',
      `  "enabled": ${flag('opflex_startup_enabled')},`,
      '  "policy-file": "/usr/local/var/lib/opflex-agent-ovs/startup/pol.json",',
      `  "policy-duration": ${text('opflex_startup_policy_duration')},`,
      `  "resolve-aft-conn": ${flag('opflex_startup_resolve_aft_conn')}`,
      '}',
    ].join('\n'),
  ];
}

function asyncJsonMember({ text }: AciSettings, { hasHppDirect }: AciRevision, option: string): string {
  const value = hasHppDirect ? JSON.stringify(text(option)) : text(option);
  return `"asyncjson": { "enabled" : ${value} }`;
}

function separated(members: readonly string[]): string[] {
  return members.flatMap((member, index) =>
    `${member}${index === members.length - 1 ? '' : ','}`.split('\n').map((line) => `      ${line}`),
  );
}

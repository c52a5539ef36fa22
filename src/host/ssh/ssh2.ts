import ssh2 from 'ssh2';

/** The one door to ssh2, for the files that connect, read keys and speak to agents. */
export const { Client, OpenSSHAgent, utils } = ssh2;
export type {
  AnyAuthMethod,
  Client as SshClient,
  ClientChannel,
  IdentityCallback,
  ParsedKey,
  ServerHostKeyAlgorithm,
} from 'ssh2';

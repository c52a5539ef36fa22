import { createLimiter } from '../../core/limit.js';
import type { RkeError } from '../../core/errors.js';
import type { CallOptions } from '../host.js';
import { agentAnswers, OneKeyAgent } from './one-key-agent.js';
import { isEncrypted, publicPartOf, readPrivateKey } from './private-key.js';
import type { ParsedKey } from './ssh2.js';
import { invalidKey, lockedKey, silentAgent, wrongPassphrase } from './ssh-key-errors.js';

/** Asks the user for something that is not echoed. Rejects with the signal's reason when it is aborted. */
export type AskSecret = (question: string, options: CallOptions) => Promise<string>;

export interface KeyRingOptions {
  /** From RKE_SSH_KEY_PASSPHRASE; empty is none. */
  readonly passphrase?: string | undefined;
  /** Absent without a terminal to ask on. */
  readonly ask?: AskSecret | undefined;
  /** Socket of an SSH agent; empty is none. */
  readonly agentSocket?: string | undefined;
  /** How long the agent gets to answer; for tests. */
  readonly agentMilliseconds?: number | undefined;
}

/** A private key as in a file or in cluster.yml. */
export interface KeySource {
  /** Its name in messages. */
  readonly name: string;
  readonly text: string;
}

/** What a login is done with: a key, or an agent that has it. */
export type Credential = { readonly key: ParsedKey } | { readonly agent: OneKeyAgent };

type Outcome = Credential | 'invalid' | 'locked' | 'wrong passphrase';

/** The keys of one run: each is read once and its passphrase asked for once, however many hosts use it. */
export class KeyRing {
  readonly #options: KeyRingOptions;
  /** By text. */
  readonly #quiet = new Map<string, Promise<Outcome>>();
  readonly #asked = new Map<string, Promise<Outcome>>();
  /** One question at a time. */
  readonly #asking = createLimiter(1);
  #answers: Promise<boolean> | undefined;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  /** Socket of the SSH agent; '' if there is none. */
  get agentSocket(): string {
    return this.#options.agentSocket ?? '';
  }

  /**
   * Socket of the SSH agent, after it has answered once.
   *
   * @throws RkeError SSH_AGENT (exit 5) if it does not answer
   */
  async liveAgent({ host }: { readonly host: string }): Promise<string> {
    this.#answers ??= agentAnswers(this.agentSocket, this.#options.agentMilliseconds);
    if (await this.#answers) return this.agentSocket;
    throw silentAgent(this.agentSocket, host);
  }

  needsPassphrase({ text }: KeySource): boolean {
    return isEncrypted(text);
  }

  /** Opens a key without asking; undefined if that is not possible. */
  async tryOpen(source: KeySource): Promise<Credential | undefined> {
    const outcome = await this.#open(source);
    return typeof outcome === 'string' ? undefined : outcome;
  }

  /**
   * Opens a key with an agent that has it, the passphrase from the environment, or one that the user is asked for.
   *
   * @throws RkeError (exit 5) that says whether the key, its passphrase or a way to get it is missing
   */
  async open(
    source: KeySource,
    { host, signal }: CallOptions & { readonly host: string },
  ): Promise<Credential> {
    let outcome = await this.#open(source);
    if (outcome === 'locked' || outcome === 'wrong passphrase')
      outcome = (await this.#askFor(source, { signal })) ?? outcome;
    if (typeof outcome !== 'string') return outcome;
    throw this.#error(outcome, source, host);
  }

  #open({ text }: KeySource): Promise<Outcome> {
    return once(this.#quiet, text, async () => {
      const { passphrase = '' } = this.#options;
      if (!isEncrypted(text)) return keyOr(readPrivateKey(text), 'invalid');
      const publicKey = publicPartOf(text);
      if (this.agentSocket !== '' && publicKey !== undefined) {
        const agent = new OneKeyAgent(this.agentSocket, publicKey);
        if (await agent.hasKey()) return { agent };
      }
      return passphrase === '' ? 'locked' : keyOr(readPrivateKey(text, passphrase), 'wrong passphrase');
    });
  }

  async #askFor({ name, text }: KeySource, options: CallOptions): Promise<Outcome | undefined> {
    const { ask } = this.#options;
    if (ask === undefined) return undefined;
    return once(this.#asked, text, () =>
      this.#asking(async () => {
        const passphrase = await ask(`Passphrase for SSH key ${name}: `, options);
        return keyOr(readPrivateKey(text, passphrase), 'wrong passphrase');
      }),
    );
  }

  #error(outcome: Outcome, { name }: KeySource, host: string): RkeError {
    if (outcome === 'invalid') return invalidKey(name, host);
    return outcome === 'locked'
      ? lockedKey(name, host)
      : wrongPassphrase(name, { host, wasAsked: this.#options.ask !== undefined });
  }
}

function keyOr(key: ParsedKey | undefined, otherwise: Outcome): Outcome {
  return key === undefined ? otherwise : { key };
}

function once<Value>(
  kept: Map<string, Promise<Value>>,
  name: string,
  make: () => Promise<Value>,
): Promise<Value> {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const made = make();
  kept.set(name, made);
  return made;
}

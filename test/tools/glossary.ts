/** One line of the glossary: the term of the field, and the words that it replaces. */
export interface Term {
  readonly use: string;
  readonly not: string;
  readonly note?: string;
  /** The words that `test/words.test.ts` refuses, in any case; undefined if only a reader can judge. */
  readonly banned: readonly RegExp[];
}

/** Terms of messages, help, docs and test names. `docs/glossary.md` is made from it (`npm run docs`). */
export const glossary: readonly Term[] = [
  {
    use: 'CA, custom CA',
    not: 'authority, authority of one’s own',
    note: '`certificate-authority-data` is a key of kubeconfigs and stays',
    banned: [/(?<![-$\w]|certificate )authorit(?:y|ies)\b(?!=)/i],
  },
  {
    use: 'custom X, your own X, its own X',
    not: 'X of one’s own, of its own',
    banned: [
      /\bof (?:one['’]s|his|her|its|our|their|your) own(?=$|[^\sa-z]|\s+(?:and|or|for|with|that|from|if|when|where|is|are|in|on|at|to|instead|which|as)\b)/i,
    ],
  },
  {
    use: 'directory',
    not: 'folder',
    note: 'except a vSphere folder, and the key `folder` and the flag --folder of an S3 backup',
    banned: [/(?<!`|vSphere |--)\bfolders?\b(?!: )/i],
  },
  {
    use: 'report, print, show; a page describes or lists',
    not: 'tell, say',
    note: 'programs report, pages list, cluster.yml requires',
    banned: [/\b(?:tells?|told|telling)\b/i, /\b(?:says?|said|saying)\b/i],
  },
  { use: 'override', not: 'stand above', banned: [/\bst(?:ands?|ood) above\b/i] },
  { use: 'reissue, re-encrypt, recreate', not: 'make anew, write anew', banned: [/\banew\b/i] },
  {
    use: 'remove, delete',
    not: 'take away',
    banned: [/\bt(?:akes?|aken|ook|aking) (?:\w+ ){0,3}away\b/i],
  },
  { use: 'fix', not: 'mend', banned: [/\bmend(?:s|ed|ing)?\b/i] },
  {
    use: 'check that, check whether',
    not: 'see whether, see to it that',
    banned: [/\bse(?:e|es|en) (?:whether|to it)\b/i],
  },
  {
    use: 'invalid; expected A, got B',
    not: 'that is none; is no X; X is wanted',
    banned: [
      /\bthat (?:is|are) none\b/i,
      /(?<!\bthere )\bis no (?!longer\b|more\b)/i,
      /\b(?:is|are|was|were) wanted\b/i,
    ],
  },
  {
    use: 'string, integer, boolean, list',
    not: 'text (as a type), whole number, true or false',
    banned: [/\ba text\b/i, /(?<![-\w])texts\b/i, /\bwhole numbers?\b/i, /\btrue or false\b/i],
  },
  { use: 'interrupted', not: 'cut off', banned: [/\bcuts? off\b/i] },
  { use: 'started', not: 'begun', banned: [/\bbegun\b/i] },
  { use: 'continue', not: 'go on', banned: [/\b(?:go|goes|going|went) on\b/i] },
  { use: 'error', not: 'mistake', banned: [/\bmistakes?\b/i] },
  {
    use: 'has the role',
    not: 'holds the role',
    banned: [/\bh(?:olds?|eld|olding) (?:the|a|no|this|that|its|another) roles?\b/i],
  },
  {
    use: 'is in use, is set, is listed',
    not: 'stands there, stands in cluster.yml',
    note: '“stands for” and “stand-in” are fine',
    banned: [/\b(?:stands?|stood)\b(?!-| for\b| up\b| still\b)/i],
  },
  {
    use: 'the same as RKE v1',
    not: 'as RKE has it, read as RKE read it',
    banned: [
      /\bas RKE(?: v1)? (?:has|had|reads?|does|did|makes|made|takes|took|writes|wrote) (?:it|them)\b/i,
    ],
  },
  {
    use: 'if, when',
    not: 'where (for a condition)',
    banned: [/\b(?:only|except|even|unless|but|fails?|refused) where\b/i],
  },
  {
    use: 'retired, deprecated, removed',
    not: 'gone, ended',
    note: 'retired: no longer has an effect; deprecated: still works, with a warning; removed: refused',
    banned: [/\blife (?:has |had )?end(?:s|ed)\b/i, /\bgone (?:since|from|in|with)\b/i],
  },
  { use: 'our X, X created by rke', not: 'X of ours', banned: [/\bof ours\b/i] },
  {
    use: 'host, node',
    not: 'one for the other',
    note: 'host: the machine. node: the Kubernetes object, and an entry of cluster.yml',
    banned: [],
  },
  {
    use: 'run, operation, stage',
    not: 'one for the other',
    note: 'run: one invocation. operation: one step of it. stage: a group of operations, a label for people',
    banned: [],
  },
  {
    use: 'member, control-plane host, worker',
    not: 'etcd node, master, minion',
    note: 'an etcd member is a process with data; its host may have other roles',
    banned: [/(?<![:"-])\bmaster (?:node|host)s?\b/i, /\bminions?\b/i],
  },
];

/** The banned words in a text, with the terms to use instead. */
export function bannedWords(text: string): { readonly found: string; readonly use: string }[] {
  return glossary.flatMap(({ use, banned }) =>
    banned.flatMap((pattern) => {
      const found = pattern.exec(text)?.[0];
      return found === undefined ? [] : [{ found, use }];
    }),
  );
}

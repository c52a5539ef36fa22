import { describe, expect, it } from 'vitest';
import { eventTexts, type EventText, type MemberTexts } from '../../src/core/event-texts.js';

describe('the table of events', () => {
  it('compiles only with every member described, optional ones with a question mark', () => {
    const complete: MemberTexts<{ readonly file: string; readonly host?: string }> = {
      file: 'f',
      'host?': 'h',
    };
    // @ts-expect-error `host?` is not described
    const incomplete: MemberTexts<{ readonly file: string; readonly host?: string }> = { file: 'f' };
    // @ts-expect-error there is no such member
    const unknown: EventText<'state-saved'>['members'] = { file: 'f', path: 'p' };
    expect([complete, incomplete, unknown].map((members) => Object.keys(members).length)).toEqual([2, 1, 2]);
  });

  it('has a text for each type and member, without a full stop', () => {
    const texts: string[] = Object.values(eventTexts).flatMap(({ when, members }) => [
      when,
      ...Object.values(members),
    ]);
    expect(texts.filter((text) => text === '' || text.endsWith('.'))).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { onAbort } from '../../src/core/deadline.js';

it('actions run once, in their order, when the signal is aborted, and not after they were forgotten', () => {
  const controller = new AbortController();
  const done: string[] = [];
  const note = (): void => void done.push('twice');
  onAbort(controller.signal, () => done.push('first'));
  const forget = onAbort(controller.signal, () => done.push('forgotten'));
  const forgetOne = onAbort(controller.signal, note);
  onAbort(controller.signal, note);
  forget();
  forgetOne();
  controller.abort();
  controller.abort();
  expect(done).toEqual(['first', 'twice']);
});

it('one listener of the signal serves all actions', () => {
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  for (let times = 0; times < 1000; times += 1) onAbort(signal, () => undefined);
  expect(listeners).toBe(1);
});

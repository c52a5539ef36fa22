import { describe, expectTypeOf, it } from 'vitest';
import * as rke from 'rke';
import type { EventPayload, RkeEvent, Transport, TransportConnection } from 'rke';

/** Checked by the compiler (`npm run lint`): a change that breaks programs fails there. */
describe('the types of the library', () => {
  it('take the file, the events and the signal of a run', () => {
    expectTypeOf(rke.up).parameter(0).toExtend<rke.ClusterOptions>();
    type Required = Pick<rke.UpOptions, 'configPath' | 'events' | 'signal'>;
    expectTypeOf<Required>().toExtend<rke.UpOptions>();
    expectTypeOf<Required>().toExtend<rke.PlanOptions>();
    expectTypeOf<Pick<rke.FileOptions, 'configPath' | 'events' | 'signal'>>().toExtend<rke.FileOptions>();
  });

  it('give results with names', () => {
    expectTypeOf(rke.up).returns.resolves.toEqualTypeOf<rke.RunResult>();
    expectTypeOf(rke.plan).returns.resolves.toEqualTypeOf<rke.LivePlan>();
    expectTypeOf(rke.saveSnapshot).returns.resolves.toEqualTypeOf<rke.SaveSnapshotResult>();
    expectTypeOf<rke.LivePlan['plan']>().toEqualTypeOf<rke.RunPlan>();
  });

  it('tell events apart by their type', () => {
    expectTypeOf<RkeEvent>().toExtend<EventPayload & { readonly time: string }>();
    expectTypeOf<
      Extract<EventPayload, { type: 'host-connected' }>['dockerVersion']
    >().toEqualTypeOf<string>();
    expectTypeOf<'run-finished'>().toExtend<EventPayload['type']>();
  });

  it('let a program write a transport with what rke exports', () => {
    const connection = {
      lost: undefined,
      exec: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }),
      dial: () => Promise.reject(new Error('none')),
      dialSocket: () => Promise.reject(new Error('none')),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    expectTypeOf(connection).toExtend<TransportConnection>();
    expectTypeOf({ connect: () => Promise.resolve(connection) }).toExtend<Transport>();
    expectTypeOf(rke.localTransport).toEqualTypeOf<Transport>();
  });

  it('have codes and exit codes on errors', () => {
    expectTypeOf<rke.RkeError['exitCode']>().toExtend<number>();
    expectTypeOf<rke.RkeError['code']>().toExtend<string>();
    expectTypeOf<rke.RunFailedError['failures']>().toExtend<readonly rke.Failure[]>();
  });
});

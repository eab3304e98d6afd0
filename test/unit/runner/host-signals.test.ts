import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { HostSignals, type HostProcess } from '../../../src/runner/host-signals.js';

/** A process whose signals go to listeners only; without any, the default action is recorded. */
class FakeProcess extends EventEmitter {
  readonly pid = 1;
  readonly defaults: string[] = [];

  kill(_pid: number, signal: string): true {
    if (!this.emit(signal, signal)) this.defaults.push(signal);
    return true;
  }
}

function scene() {
  const host = new FakeProcess();
  let closes = 0;
  const signals = new HostSignals(() => (closes += 1), host as unknown as HostProcess);
  return { host, signals, closes: () => closes };
}

describe('HostSignals', () => {
  it('listens while runs are live, and no longer', async () => {
    const { host, signals } = scene();
    expect(host.listenerCount('SIGINT')).toBe(0);
    signals.enter();
    signals.enter();
    expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => host.listenerCount(name))).toEqual([1, 1, 1]);
    signals.leave();
    signals.leave();
    await setImmediate();
    expect(host.listenerCount('SIGINT')).toBe(0);
  });

  it('stays through runs that follow one another', async () => {
    const { host, signals } = scene();
    let changes = 0;
    host.on('newListener', (name: string) => (changes += name === 'SIGINT' ? 1 : 0));
    for (let run = 0; run < 10; run += 1) {
      signals.enter();
      await Promise.resolve();
      signals.leave();
    }
    expect(changes).toBe(1);
    await setImmediate();
    expect(host.listenerCount('SIGINT')).toBe(0);
  });

  it('stops everything and then lets the default action happen', () => {
    const { host, signals, closes } = scene();
    signals.enter();
    host.kill(1, 'SIGTERM');
    expect(closes()).toBe(1);
    expect(host.defaults).toEqual(['SIGTERM']);
  });

  it('leaves the decision to a handler of the host', () => {
    const { host, signals, closes } = scene();
    const seen: string[] = [];
    host.on('SIGINT', (name: string) => seen.push(name));
    signals.enter();
    host.kill(1, 'SIGINT');
    expect(seen).toEqual(['SIGINT']);
    expect(closes()).toBe(0);
    expect(host.defaults).toEqual([]);
  });

  it('ends what is left when the host exits', () => {
    const { host, signals, closes } = scene();
    signals.enter();
    host.emit('exit', 0);
    expect(closes()).toBe(1);
  });

  it('acts beside listeners that only clean up, which wait for it to be gone', () => {
    const key = Symbol.for('signal-exit emitter');
    const { host, signals, closes } = scene();
    Reflect.set(globalThis, key, { count: 1 });
    try {
      const cleanUp = (name: string): void => {
        if (host.listenerCount(name) > 1) return;
        host.off(name, cleanUp);
        host.kill(1, name);
      };
      host.on('SIGINT', cleanUp);
      signals.enter();
      host.kill(1, 'SIGINT');
      expect(closes()).toBe(1);
      expect(host.defaults).toEqual(['SIGINT']);
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
  });

  it('acts beside another copy of this package', () => {
    const one = scene();
    let closes = 0;
    const other = new HostSignals(() => (closes += 1), one.host as unknown as HostProcess);
    one.signals.enter();
    other.enter();
    one.host.kill(1, 'SIGINT');
    expect([one.closes(), closes]).toEqual([1, 1]);
    expect(one.host.defaults).toEqual(['SIGINT']);
  });
});

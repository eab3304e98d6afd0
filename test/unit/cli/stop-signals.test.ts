import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SAME_REQUEST_MS, StopSignals } from '../../../src/cli/commands/stop-signals.js';

class Scene {
  readonly host = new EventEmitter();
  readonly asked: string[] = [];
  readonly run = {
    stop: (reason?: string) => this.asked.push(`stop ${reason ?? ''}`),
    kill: () => this.asked.push('kill'),
  };
  nowMs = 1_000;
  readonly signals = new StopSignals(this.host as unknown as NodeJS.Process, () => this.nowMs);

  send(signal: NodeJS.Signals): void {
    this.host.emit(signal, signal);
  }
}

describe('StopSignals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'asks the run to stop on %s and kills it on a second signal',
    (signal) => {
      const scene = new Scene();
      scene.signals.attach(scene.run);
      scene.send(signal);
      scene.nowMs += SAME_REQUEST_MS;
      scene.send('SIGTERM');
      expect(scene.asked).toEqual([`stop ${signal}`, 'kill']);
    },
  );

  it('takes a signal that is delivered twice at once for one', () => {
    const scene = new Scene();
    scene.signals.attach(scene.run);
    scene.send('SIGINT');
    scene.nowMs += SAME_REQUEST_MS - 1;
    scene.send('SIGINT');
    expect(scene.asked).toEqual(['stop SIGINT']);
  });

  it('stops a run that starts after the signal', () => {
    const scene = new Scene();
    scene.send('SIGTERM');
    scene.signals.attach(scene.run);
    expect(scene.asked).toEqual(['stop SIGTERM']);
  });

  it('leaves no listener behind', () => {
    const scene = new Scene();
    scene.signals.close();
    expect(scene.host.eventNames()).toEqual([]);
  });
});

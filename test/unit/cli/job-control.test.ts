import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { JobControl } from '../../../src/cli/commands/job-control.js';

class Host extends EventEmitter {
  constructor(readonly log: string[]) {
    super();
  }

  kill(pid: number, signal: string): true {
    this.log.push(`kill ${pid} ${signal}`);
    return true;
  }
}

class Scene {
  readonly log: string[] = [];
  readonly host = new Host(this.log);
  readonly signals = { hasAsked: false };
  suspend: () => void = () => undefined;
  readonly control = new JobControl(
    { onSuspended: (listener) => (this.suspend = listener), resume: () => this.log.push('resume') },
    this.signals,
    this.host as unknown as NodeJS.Process,
  );
}

describe('JobControl', () => {
  it('stops its own job when the command was suspended, and resumes the command afterwards', async () => {
    const scene = new Scene();
    scene.suspend();
    await nextTurn();
    expect(scene.log).toEqual(['kill 0 SIGTSTP']);
    await nextTurn();
    expect(scene.log).toEqual(['kill 0 SIGTSTP', 'resume']);
  });

  it('stays awake for a command that is being stopped, though the request comes with the same turn', async () => {
    const scene = new Scene();
    scene.suspend();
    scene.signals.hasAsked = true;
    await nextTurn();
    await nextTurn();
    expect(scene.log).toEqual([]);
  });

  it('does not stop a job that was continued before it had stopped', async () => {
    const scene = new Scene();
    scene.suspend();
    scene.host.emit('SIGCONT');
    await nextTurn();
    await nextTurn();
    expect(scene.log).toEqual(['resume']);
    scene.suspend();
    await nextTurn();
    expect(scene.log).toEqual(['resume', 'kill 0 SIGTSTP']);
  });

  it('gives the command the terminal again whenever the job is continued', () => {
    const scene = new Scene();
    scene.host.emit('SIGCONT');
    expect(scene.log).toEqual(['resume']);
  });

  it('leaves no listener behind', () => {
    const scene = new Scene();
    scene.control.close();
    expect(scene.host.eventNames()).toEqual([]);
  });
});

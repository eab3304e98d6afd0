/** Starts the leader of a run as a process, by `node:child_process`. */
import { childProcess } from './child-process.js';
import { ChildTree } from './child-tree.js';
import { errnoOf, spawnFailure } from './executable-lookup.js';
import { GroupContainer } from './group-kill.js';
import type { Leader, LeaderOwner, StartLeader } from './leader.js';
import { closePlan, isFailure, planSpawn, type LaunchContext, type SpawnPlan } from './spawn-plan.js';

export const startProcess: StartLeader = (spec, context, owner) => {
  const plan = planSpawn(spec, context);
  if (isFailure(plan)) {
    owner.leaderFailed(plan);
    return undefined;
  }
  try {
    return spawn(plan, context, owner);
  } catch (error) {
    owner.leaderFailed(spawnFailure(errnoOf(error), plan.path, context.directory));
    return undefined;
  } finally {
    closePlan(plan);
  }
};

function spawn(plan: SpawnPlan, context: LaunchContext, owner: LeaderOwner): Leader | undefined {
  const child = childProcess().spawn(plan.path, plan.args, plan.options);
  child.on('error', (error) => {
    // Also raised by a kill that fails; only a child without a pid was never started.
    if (child.pid === undefined) owner.leaderFailed(spawnFailure(errnoOf(error), plan.path, context.directory));
  });
  if (child.pid === undefined) return undefined;
  child.on('exit', (code, signal) => {
    // Node keeps the core bit to itself.
    owner.leaderExited(signal === null ? { code: code ?? 0 } : { signal, coreDumped: false });
  });
  return {
    pid: child.pid,
    resolvedFile: plan.resolvedFile,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    container: process.platform === 'win32' ? new ChildTree(child) : new GroupContainer(child.pid),
    ref: () => {
      child.ref();
    },
    unref: () => {
      child.unref();
    },
  };
}

/**
 * `custody/targets`: runners by kind of target, and the one over `ssh`.
 *
 * @module custody/targets
 */
export { createTargetRegistry, type TargetChoice, type TargetFactory, type TargetRegistry } from './registry.js';
export { sshRunner, type SshOptions } from './ssh-runner.js';

/**
 * `custody/docker`: a runner whose commands run in containers of `docker` or `podman`.
 *
 * @module custody/docker
 */
export { dockerRunner, type DockerOptions } from './docker-runner.js';
export type { ContainerMount } from './docker-options.js';

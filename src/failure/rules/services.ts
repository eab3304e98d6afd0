/** Programs that are the client of a service on this machine: docker, databases. */
import type { TextPatterns } from '../rule.js';

export const SERVICE_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'docker_not_running',
    any: [
      /\bCannot connect to the Docker daemon\b/i,
      /\bfailed to connect to the docker API\b/i,
      /\berror during connect: .{0,300}\bdocker\b.{0,300}\b(?:pipe|daemon)\b/i,
      /\bdocker_engine: The system cannot find the file specified\b/,
    ],
    // An address of another machine that does not answer is a matter of the network.
    unless: [
      /\bpermission denied\b/i,
      /\bcould not translate host name\b/,
      /\btcp:\/\//,
      /\bdial tcp\b/,
      /\bport \d{1,5}\b/,
    ],
  },
  {
    subcode: 'service_not_running',
    any: [
      /\bIs the server running locally and accepting connections on that socket\b/,
      /\bSystem has not been booted with systemd as init system\b/,
      /\bError connecting to agent\b|\bCould not open a connection to your authentication agent\b/,
    ],
  },
];

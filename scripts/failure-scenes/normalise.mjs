/** Replaces what belongs to the machine that records: paths, names, addresses, times; and bounds the length. */
import { homedir, hostname, userInfo } from 'node:os';

/** Characters kept of each stream, half of them from each end. */
const MAX_CHARACTERS = 4096;
/** A public host, a package registry most often: which one it was says nothing about the failure. */
const PUBLIC_HOST = /\b(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev)\b/g;

/** Bounds a text by leaving out its middle, at line borders. */
function bound(text) {
  if (text.length <= MAX_CHARACTERS) return text;
  const half = MAX_CHARACTERS / 2;
  const head = text.slice(0, half);
  const tail = text.slice(-half);
  return `${head.slice(0, head.lastIndexOf('\n') + 1)}[...]\n${tail.slice(tail.indexOf('\n') + 1)}`;
}

export function createNormaliser({ folder, work, root, server }) {
  const names = [
    [work, '/work'],
    [`${folder}/home`, '/home/user'],
    [folder, '/case'],
    [root, '/tools'],
    [process.env.FAILURE_TOOLS, '/tools/bin'],
    [process.env.FAILURE_TOOLS?.replace(/\/node_modules\/\.bin$/, ''), '/tools'],
    [homedir(), '/home/user'],
    [encodeURIComponent(work), encodeURIComponent('/work')],
    ...server.ports.map((port) => [`127.0.0.1:${port}`, 'server.example:8080']),
    ...server.ports.map((port) => [`127.0.0.1 port ${port}`, 'server.example port 8080']),
    ...server.ports.map((port) => [String(port), '8080']),
  ].filter(([name]) => name !== undefined && name !== '');
  return (text) => {
    let clean = text;
    for (const [name, replacement] of names) clean = clean.replaceAll(name, replacement);
    clean = clean
      .replace(PUBLIC_HOST, 'host.example')
      .replace(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g, '192.0.2.1')
      .replace(new RegExp(`\\b${hostname()}\\b(?=[.: ])`, 'g'), 'host')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-01-01 00:00:00')
      .replace(/\d{4}-\d\d-\d\dT\d\d[:_]\d\d[:_]\d\d[\d._]*Z?(?:-debug-0)?/g, '2026-01-01T00_00_00_000Z')
      .replace(/\/tmp\/[A-Za-z0-9._-]+/g, '/tmp/temporary')
      .replace(/0x[0-9a-f]{8,16}/g, '0x0')
      .replace(/\bpid \d+|\[\d+:0x0\]/gi, 'pid 1');
    if (userInfo().username !== 'root') clean = clean.replaceAll(userInfo().username, 'user');
    return bound(clean);
  };
}

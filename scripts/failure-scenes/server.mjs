/** A server that fails on demand: `/status/<code>/...` answers with that code, over plain HTTP and over TLS with a certificate nobody trusts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = '127.0.0.1';

function answer(request, response) {
  const code = Number(/^\/status\/(\d{3})\//.exec(request.url)?.[1] ?? 404);
  const headers = code === 401 ? { 'www-authenticate': 'Basic realm="example"' } : {};
  // A redirect that leads nowhere else, and a connection that ends before it began.
  if (code === 444) request.socket.destroy();
  else response.writeHead(code, headers).end(`${code}\n`);
}

function listen(server) {
  return new Promise((settle) => server.listen(0, HOST, () => settle(server.address().port)));
}

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'failure-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `closed` is an address at which nobody listens. */
export async function startServer() {
  const plain = createServer(answer);
  const secure = createTlsServer(certificate(), answer);
  const placeholder = createSocketServer();
  const [httpPort, httpsPort, closedPort] = [await listen(plain), await listen(secure), await listen(placeholder)];
  await new Promise((settle) => placeholder.close(settle));
  return {
    http: `http://${HOST}:${httpPort}`,
    https: `https://${HOST}:${httpsPort}`,
    closed: `${HOST}:${closedPort}`,
    ports: [httpPort, httpsPort, closedPort],
    close: () => {
      plain.closeAllConnections();
      secure.closeAllConnections();
      plain.close();
      secure.close();
    },
  };
}

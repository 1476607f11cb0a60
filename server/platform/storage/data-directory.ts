/** The one directory everything that is kept lies below: where it is, and that only one server at a time works in it. Knows nothing of its contents. */
import { chmod, mkdir, realpath, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';

export interface DataDirectory {
  /** Absolute, without symbolic links. */
  readonly path: string;
  /** Tells a second server that asks where the first one is. */
  announce(address: string): void;
  release(): Promise<void>;
}

/** Where data lies if nobody says: beside the code, or where the database's own user can reach it. */
export async function usualDataDirectory(checkout: string): Promise<string> {
  const isRoot = process.getuid?.() === 0;
  return isRoot && !(await isOpenToOthers(checkout)) ? '/var/lib/quietline' : join(checkout, 'data');
}

/** Makes the directory if need be and claims it; resolves to the other server's address if there is one. */
export async function claimDataDirectory(path: string): Promise<{ ok: true; directory: DataDirectory } | { ok: false; usedBy: string }> {
  await mkdir(path, { recursive: true });
  // As root, the database's user has to pass through, and may not look around.
  await chmod(path, process.getuid?.() === 0 ? 0o711 : 0o700);
  const whole = await realpath(path);
  const { dev, ino } = await stat(whole);
  // A name in Linux's abstract space goes with the process that holds it, however that ends: no stale lock can be left, and two that try at the same
  // instant cannot both have it.
  const name = `\0quietline-data-${dev}-${ino}`;
  let address = '';
  const server = createServer((socket) => socket.on('error', () => socket.destroy()).end(address));
  if (!(await canListen(server, name))) return { ok: false, usedBy: await ask(name) };
  server.unref();
  return {
    ok: true,
    directory: {
      path: whole,
      announce: (url) => void (address = url),
      release: () => new Promise((resolve) => server.close(() => resolve())),
    },
  };
}

function canListen(server: Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => resolve(true));
    server.once('error', (cause: NodeJS.ErrnoException) => (cause.code === 'EADDRINUSE' ? resolve(false) : reject(cause)));
    server.listen(name);
  });
}

function ask(name: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(name);
    socket.setEncoding('utf8').setTimeout(1_000, () => socket.destroy());
    socket.on('data', (text: string) => void (answer += text)).on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}

async function isOpenToOthers(path: string): Promise<boolean> {
  for (let current = await realpath(path); ; current = dirname(current)) {
    if (((await stat(current)).mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

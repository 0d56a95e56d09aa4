// A real log for the tests of pages: the demo's yard, served by the real program, and a proxy that changes what it answers.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const BUILT = ['../../target/release/carnet', '../../target/debug/carnet'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The program to be tested, or null. */
export const carnetPath = () => [process.env.CARNET, ...BUILT].find((path) => path && existsSync(path)) ?? null;

/** The demo's log, served: its address, and how it ends. `prepare` is given the data directory before. */
export async function serveDemo(prepare = () => {}) {
  const folder = mkdtempSync(join(tmpdir(), 'carnet-pages-'));
  try {
    return await serveIn(folder, prepare);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

async function serveIn(folder, prepare) {
  const demo = spawnSync(carnetPath(), ['--data', folder, 'demo'], { encoding: 'utf8', timeout: 120_000 });
  if (demo.status !== 0) throw new Error(`the demo failed: ${demo.stdout}${demo.stderr}`);
  const data = join(folder, 'demo', 'data');
  prepare(data);
  // A browser that is driven by a test asks faster than any person.
  const rates = ['--rate', '10000', '--burst', '10000'];
  const service = spawn(carnetPath(), ['--data', data, 'serve', '--listen', '127.0.0.1:0', ...rates]);
  service.stderr.resume();
  const url = await new Promise((resolve, reject) => {
    createInterface(service.stdout).on('line', (line) => {
      const said = /http:\/\/[0-9.:]+/.exec(line);
      if (said) resolve(said[0]);
    });
    service.once('exit', (code) => reject(new Error(`carnet serve ended with ${code}`)));
  });
  const close = async () => {
    const ended = new Promise((resolve) => service.once('exit', resolve));
    service.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true });
  };
  return { url, close };
}

/** A server between the browser and the service that hands pages on as `change` makes them. */
export async function proxy(target, change) {
  const server = createServer(async (request, response) => {
    const answer = await fetch(new URL(request.url, target), { headers: { accept: request.headers.accept ?? '*/*' }, redirect: 'manual' });
    const headers = Object.fromEntries([...answer.headers].filter(([name]) => !/^(content-(length|encoding)|transfer-encoding|connection)$/.test(name)));
    const isPage = (headers['content-type'] ?? '').startsWith('text/html');
    const body = isPage ? change(await answer.text()) : Buffer.from(await answer.arrayBuffer());
    response.writeHead(answer.status, headers).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => new Promise((done) => server.close(done)) };
}

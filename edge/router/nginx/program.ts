import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** An Nginx on this machine, and the modules that it has to load to run Lua. */
export type NginxProgram = {
  readonly program: string;
  readonly modules: readonly string[];
  /** Runs it to its end with these arguments; its words are the message of the error. */
  run(args: readonly string[]): Promise<void>;
};

const runsWithinMs = 30_000;
const execute = promisify(execFile);

/** Looks whether it can do what the edge needs of it. */
export async function findNginx(name: string): Promise<NginxProgram> {
  const program = await fullPath(name);
  const said = await ask(program, ['-V']);
  return { program, modules: await luaModules(said), run: async (args) => void (await ask(program, args)) };
}

/** Many accounts do not look where Debian keeps it. */
async function fullPath(name: string): Promise<string> {
  const usual = `/usr/sbin/${name}`;
  return !name.includes('/') && (await areThere([usual])) ? usual : name;
}

async function ask(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await execute(program, args, { timeout: runsWithinMs, killSignal: 'SIGKILL' })).stderr;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') throw new Error(`There is no program ${program}: install Nginx, or set EDGE_NGINX_PROGRAM.`);
    throw new Error(stderr?.trim() || message, { cause: error });
  }
}

/** In the order in which they have to be loaded. */
const names = ['ndk_http_module.so', 'ngx_http_lua_module.so'];

async function luaModules(versionText: string): Promise<readonly string[]> {
  const folder = /--modules-path=(\S+)/.exec(versionText)?.[1] ?? '/usr/lib/nginx/modules';
  const files = names.map((name) => path.join(folder, name));
  if (await areThere(files)) return files;
  if (/lua/i.test(versionText)) return [];
  throw new Error('This Nginx cannot run Lua: install its module (on Debian `apt-get install libnginx-mod-http-lua`).');
}

const areThere = (files: readonly string[]) =>
  Promise.all(files.map((file) => access(file))).then(
    () => true,
    () => false,
  );

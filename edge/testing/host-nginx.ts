import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { until } from '@apployd/backplane/testing/until';
import { findNginx } from '../router/nginx/program.js';

/** What a host does with an Nginx of its own that runs from this folder; `reload` starts it where it does not run yet. */
export async function hostNginx(folder: string) {
  const { program } = await findNginx('nginx');
  const reload = path.join(folder, 'reload');
  const command = `${program} -p ${folder} -e stderr -c ${folder}/current/nginx.conf`;
  const script = `echo >> ${folder}/reloads; if [ -s ${folder}/nginx.pid ]; then exec ${command} -s reload; else exec ${command} 2>/dev/null; fi`;
  await writeFile(reload, `#!/bin/sh\n${script}\n`, { mode: 0o700 });
  return {
    reload,
    /** How often it was called. */
    reloads: async () => (await readFile(path.join(folder, 'reloads'), 'utf8')).length,
    /** All of it is gone then, and writes to its folder no more. */
    kill: async () => {
      const group = -Number(await readFile(path.join(folder, 'nginx.pid'), 'utf8'));
      process.kill(group, 'SIGTERM');
      await until(() => !isThere(group), 'the Nginx of the host to end');
    },
  };
}

function isThere(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

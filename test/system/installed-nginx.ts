import { privilegesIn, type Privileges } from './privileges.js';

/** Where an edge that was installed as the page says keeps what Nginx reads. */
const folder = '/run/apployd-edge';

export type InstalledNginx = {
  readonly program: string;
  readonly privileges: Privileges;
  /** Of its folder. */
  readonly mode: string;
  readonly isOwn: boolean;
  readonly fileSystem: string;
};

/** The Nginx that serves from that folder; `sh` runs commands where they may look into it, and gives what they print. */
export async function installedNginx(sh: (commands: string) => Promise<string>): Promise<InstalledNginx> {
  const status = await sh(`cat /proc/$(cat ${folder}/nginx.pid)/status`);
  const shown = await sh(
    `stat --dereference --format "%a %u" ${folder}; stat --dereference --file-system --format %T ${folder}`,
  );
  const [mode = '', owner, fileSystem = ''] = shown.trim().split(/\s+/);
  const [, program = ''] = /^Name:\s+(.*)/.exec(status) ?? [];
  const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
  return { program, privileges: privilegesIn(status), mode, isOwn: owner === uid, fileSystem };
}

/** As the page promises it. */
export const closedAndInMemory = { program: 'nginx', mode: '700', isOwn: true, fileSystem: 'tmpfs' };

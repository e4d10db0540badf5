import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { usualMostPerAddress } from '@apployd/core/visitor-limit';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Platform } from '../../platform.js';
import type { OwnErrorCode } from '../own-answer.js';
import type { HoldTimes } from '../hold.js';
import type { AskToWake, Router, TlsOptions, TrafficMark } from '../router.js';
import { behindNginx } from './behind-nginx.js';
import { certifyLine, decertifyLine, nameOf } from './certificate-lines.js';
import { nginxChild } from './child.js';
import { control } from './control.js';
import { files } from './files.js';
import { freePorts } from './free-ports.js';
import { nginxOfHost } from './host.js';
import { ensurePlaceholder } from './placeholder.js';
import { findNginx, type NginxProgram } from './program.js';
import { reachWaker } from './reach-waker.js';
import { readTraffic, tidyTraffic } from './read-traffic.js';
import { resolveByHost, type Resolve } from './resolve-target.js';
import { leftOut } from './left-out.js';
import { masterIn } from './master.js';
import { readOpen, readSides } from './route-lines.js';
import { argumentsFor } from './run.js';
import { sites } from './sites.js';
import { trafficLog, type TrafficLogOptions } from './traffic-log.js';
import { tree } from './tree.js';
import { watch } from './watch.js';
import { uidOf } from './worker-sockets.js';

export type NginxOptions = {
  readonly host: string;
  readonly port: number;
  readonly platform: Platform;
  readonly log: Logger;
  readonly program: string;
  /** Absolute; made when it is not there, and closed to others. */
  readonly folder: string;
  readonly workers: number;
  /** Absolute; made when it is not there. Nginx finds the edge at sockets in it. */
  readonly socketFolder: string;
  /** Of the workers, when the edge runs as root. */
  readonly user: string;
  /** Makes the host's own Nginx read its configuration again; when absent, Nginx runs as a child of the edge. */
  readonly reload?: readonly string[];
  /** It has read it by then. */
  readonly reloadedWithinMs?: number;
  /** Serves over TLS too. */
  readonly tls?: TlsOptions;
  readonly trustedProxies?: readonly string[];
  readonly connectTimeoutMs?: number;
  /** Between two signs of life of an app that answers. */
  readonly answerTimeoutMs?: number;
  /** The header of a request arrives within it. */
  readonly headerMs?: number;
  /** A visitor who sends nothing of a body for so long is cut off; where bodies are watched, who sends less than at the least rate. */
  readonly bodyIdleMs?: number;
  /** After so long who is still served is cut off by an Nginx that ends, and counted; killed before, it counts them no more. */
  readonly shutdownMs?: number;
  /** Requests of one address, to whichever host names, that may be open at a time. */
  readonly mostPerAddress?: number;
  /** Requests of one environment, by all its host names, that may be open at a time. */
  readonly mostPerEnvironment?: number;
  /** Told, within a second, of how many more requests there were. */
  readonly onRequest?: (count: number) => void;
  readonly onError?: (code: OwnErrorCode, count: number) => void;
  /** Told of how many Nginx has no room for; they are as they were, and it is asked again every few seconds. */
  readonly onLeftOut?: (what: LeftOutKind, count: number) => void;
  readonly resolve?: Resolve;
  /** Asked when somebody visits what sleeps. */
  readonly onAsleep?: AskToWake;
  readonly holdTimes?: HoldTimes;
  readonly logSizes?: Pick<TrafficLogOptions, 'largeBytes' | 'settledMs'>;
};

export type LeftOutKind = 'routes' | 'certificates';

/** Nginx, which is told of routes while it runs: they are in its memory, and no change of them needs a reload. */
export function nginxRouter(options: NginxOptions): Router {
  const { folder, log, platform, tls, resolve = resolveByHost } = options;
  const known = sites(platform, resolve, log);
  const user = process.getuid?.() === 0 ? options.user : null;
  const behind = behindNginx({ ...options, user });
  const { sockets, waker } = behind;
  const channel = control(path.join(folder, 'control.sock'));
  const saveRoutes = () => replaceFile(path.join(folder, 'routes'), `${known.all().join('\n')}\n`);
  const nginx = options.reload
    ? nginxOfHost({ ...options, reload: options.reload, control: channel })
    : nginxChild({ folder, log, control: channel, prepare: saveRoutes });
  const passed = trafficLog({
    file: trafficLogIn(options.socketFolder),
    uid: () => uidOf(user),
    reopen: async () => {
      const master = await masterIn(folder, channel);
      return master !== null && process.kill(master, 'SIGUSR1');
    },
    ...options.logSizes,
  });
  const readPassed = readTraffic(passed, log);
  const tidyPassed = tidyTraffic(passed, log);
  const certified = new Map<string, string>();
  const counted = (what: LeftOutKind) => (count: number) => options.onLeftOut?.(what, count);
  const routesLeftOut = leftOut({ log, what: 'route', onChange: counted('routes') });
  const certificatesLeftOut = leftOut({ log, what: 'certificate', onChange: counted('certificates') });
  let mark: TrafficMark = {};
  let isStarted = false;
  let steps = Promise.resolve();

  /** One after the other: the later of two changes is to win. */
  const inTurn = (step: () => Promise<void>) => {
    const done = steps.then(step);
    steps = done.catch(() => undefined);
    return done;
  };

  const tell = async (lines: readonly string[]) => {
    if (!isStarted || lines.length === 0) return;
    routesLeftOut.told(lines, await channel.change(lines));
    watching.changed();
  };

  const tellCertificates = async (lines: readonly string[]) => {
    if (!isStarted || !tls || lines.length === 0) return;
    certificatesLeftOut.told(lines, await channel.certify(lines));
  };

  /** An Nginx that the host has started again began with what was in the file: it may be a moment old. */
  const tellAll = async () => {
    await tell(known.all());
    await tell(known.without(await channel.sites()));
    await tellCertificates([...certified.values()]);
    const kept = tls ? await channel.certified() : [];
    await tellCertificates(kept.filter((name) => !certified.has(name)).map(decertifyLine));
  };

  /** What there was no room for may have some by now. */
  const tellAgain = async () => {
    await tell(known.of(routesLeftOut.names()));
    await tellCertificates([...certificatesLeftOut.names()].flatMap((name) => certified.get(name) ?? []));
  };

  const watching = watch({
    ...options,
    control: channel,
    saveRoutes,
    refresh: () =>
      inTurn(async () => {
        await tell(await known.refresh());
        await tellAgain();
      }),
    tellAll: () => inTurn(tellAll),
  });

  return {
    apply: (routes) =>
      inTurn(async () => {
        await waker.apply(routes);
        await tell(await known.put(routes));
      }),
    forget: (hostnames) =>
      inTurn(async () => {
        await tell(known.forget(hostnames));
        await waker.forget(hostnames);
      }),
    certify: (certificates) =>
      inTurn(async () => {
        const lines = certificates.map((each) => [nameOf(each.hostname), certifyLine(each)] as const);
        for (const [name, line] of lines) certified.set(name, line);
        await tellCertificates(lines.map(([, line]) => line));
      }),
    decertify: (hostnames) =>
      inTurn(async () => {
        for (const hostname of hostnames) certified.delete(nameOf(hostname));
        await tellCertificates(hostnames.map(decertifyLine));
      }),
    traffic: async (after = mark, kept = after) => {
      if (isStarted) await tidyPassed(kept);
      // Before what is open: a request that ends between the two is told by both, and by none in no case.
      const open = isStarted ? readOpen(await channel.open()) : [];
      const told = await readPassed(after);
      mark = told.mark;
      return { samples: [...told.samples, ...open], mark };
    },
    sides: async () => (isStarted ? readSides(await channel.sides()) : []),
    listen: async () => {
      const [free = 0, freeTls = 0] = await freePorts(options.host, 2);
      const port = options.port || free;
      const tlsPort = tls ? tls.port || freeTls : null;
      await known.refresh();
      try {
        await behind.listen();
        await serve({ ...options, port }, tlsPort);
        await begin();
      } catch (error) {
        await behind.close(0);
        throw error;
      }
      return { host: options.host, port, tlsPort };
    },
    close: async (graceMs) => {
      isStarted = false;
      await watching.stop();
      await Promise.all([nginx.close(graceMs), behind.close(graceMs)]);
    },
  };

  /** Nginx runs; from now on it is told of what changes. */
  async function begin(): Promise<void> {
    isStarted = true;
    try {
      await reachWaker(channel, sockets.waker);
      await inTurn(tellAll);
    } catch (error) {
      await nginx.close(0);
      throw error;
    }
    watching.start();
  }

  /** The files are tried before they are used, and the former ones are put back when Nginx does not come up with them. */
  async function serve(settings: NginxOptions, tlsPort: number | null): Promise<void> {
    const program = await findNginx(settings.program);
    const ownTree = tree(folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const secured = tlsPort === null ? null : await securedBy(tlsPort);
    const wanted = files({ ...settingsOf(settings, program), user, tls: secured }, platform, sockets, tls);
    await saveRoutes();
    await passed.prepare();
    const test = (file: string) => program.run([...argumentsFor(folder, file), '-t', '-q']);
    const generation = await ownTree.replace(wanted, test);
    await nginx.start(program.program, generation).catch(async (error: unknown) => {
      await ownTree.restore();
      throw error;
    });
  }

  async function securedBy(port: number) {
    const placeholder = await ensurePlaceholder(path.join(folder, 'placeholder.pem'));
    return { port, placeholder, challenges: sockets.challenges };
  }
}

const settingsOf = (options: NginxOptions, { modules }: NginxProgram) => ({
  ...options,
  modules,
  trafficLog: trafficLogIn(options.socketFolder),
  trustedProxies: options.trustedProxies ?? [],
  connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
  answerTimeoutMs: options.answerTimeoutMs ?? 120_000,
  headerMs: options.headerMs ?? 20_000,
  bodyIdleMs: options.bodyIdleMs ?? 60_000,
  mostPerAddress: options.mostPerAddress ?? usualMostPerAddress,
  mostPerEnvironment: options.mostPerEnvironment ?? 4_000,
  shutdownMs: options.shutdownMs ?? (options.reload ? ofHostEndsWithinMs : ownEndsWithinMs),
});

/** Below the grace that an edge gives its router. */
const ownEndsWithinMs = 4_000;
/** It is told to read its configuration again while visitors are served as before. */
const ofHostEndsWithinMs = 600_000;

/** Where the workers may go, and nobody else makes files. */
const trafficLogIn = (socketFolder: string) => path.join(socketFolder, 'traffic.log');

async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.next`, text, { mode: 0o600 });
  await rename(`${file}.next`, file);
}

import type { Server } from '@apployd/sdk';
import { formatOf } from '../../pool/resources.js';
import { Panel } from '../../ui/panel.js';
import { Time } from '../../ui/time.js';
import { workOf } from './server-words.js';

/** The machines on which apps run: whether they are there, and how full they are. */
export const Servers = ({ servers }: { readonly servers: readonly Server[] }) => (
  <Panel>
    <h2 id="servers" className="scroll-mt-16 px-4 pt-4 font-semibold lg:px-5">
      Servers
    </h2>
    {servers.length === 0 && <p className="px-4 pt-1 pb-4 text-muted lg:px-5">No engine has run yet.</p>}
    <ul aria-label="Servers" className="mt-2 divide-y divide-line">
      {servers.map((server) => (
        <ServerRow key={server.id} server={server} />
      ))}
    </ul>
  </Panel>
);

const ServerRow = ({ server }: { readonly server: Server }) => (
  <li className="flex flex-wrap items-center gap-x-6 gap-y-2 px-4 py-2.5 lg:px-5">
    <div className="min-w-0 flex-1 basis-64">
      <p className="truncate font-medium">
        {server.name} <span className="font-mono text-xs font-normal text-muted">{server.runtime}</span>
      </p>
      <p className="text-sm text-muted">
        {workOf(server)}
        {!server.isReachable && (
          <span className="text-bad">
            {' '}
            Its engine was last heard of <Time at={server.lastHeartbeatAt} />.
          </span>
        )}
      </p>
    </div>
    <dl className="grid grid-cols-[auto_auto] gap-x-2 text-sm tabular-nums">
      <dt className="text-muted">Memory</dt>
      <dd>{shareOf('memoryBytes', server.allocatedMemoryBytes, server.memoryBytes)}</dd>
      {server.usedMemoryBytes != null && (
        <>
          <dt className="text-muted">Used</dt>
          <dd>{formatOf('memoryBytes', server.usedMemoryBytes)}</dd>
        </>
      )}
      <dt className="text-muted">CPU</dt>
      <dd>{shareOf('cpuMillicores', server.allocatedCpuMillicores, server.cpuMillicores)}</dd>
    </dl>
  </li>
);

const shareOf = (name: 'memoryBytes' | 'cpuMillicores', held: number, all: number) =>
  `${formatOf(name, held)} of ${formatOf(name, all)}`;

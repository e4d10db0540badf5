import type Docker from 'dockerode';
import type { VolumeCreateOptions, VolumeInspectInfo } from 'dockerode';
import { callOptions, unlessGone } from './docker-call.js';
import { managedLabel, ownerLabel } from './docker-labels.js';
import { dockerVolumeName, volumeLabel } from './docker-volume-name.js';
import type { VolumeOwner, Volumes } from '../volume/volumes.js';

/** Named volumes of a Docker engine. `owner` tells the platforms apart that share one. */
export function dockerVolumes(docker: Docker, { owner }: { readonly owner: string }): Volumes {
  const inspect = (id: string) => unlessGone(docker.getVolume(dockerVolumeName(id)).inspect(callOptions()));
  const isOurs = (id: string, { Labels: labels }: Pick<VolumeInspectInfo, 'Labels'>) =>
    labels?.[managedLabel] === 'true' && labels[ownerLabel] === owner && labels[volumeLabel] === id;
  return {
    async ensure(volume) {
      const Name = dockerVolumeName(volume.id);
      const _body = { Name, Labels: labelsOf(volume, owner) };
      // Docker gives a volume of that name back, whosever it is.
      await docker.createVolume({ _query: {}, _body, ...callOptions() } as VolumeCreateOptions);
      const there = await inspect(volume.id);
      if (!there || !isOurs(volume.id, there)) throw new Error(`The volume ${Name} is not ours: it is left alone.`);
    },
    async remove(id) {
      const there = await inspect(id);
      if (!there || !isOurs(id, there)) return;
      await unlessGone(docker.getVolume(dockerVolumeName(id)).remove(callOptions()));
    },
  };
}

function labelsOf({ id, organizationId, projectId, environmentId }: VolumeOwner, owner: string) {
  return {
    [managedLabel]: 'true',
    [ownerLabel]: owner,
    [volumeLabel]: id,
    'apployd.environment': environmentId,
    'apployd.project': projectId,
    'apployd.organization': organizationId,
  };
}

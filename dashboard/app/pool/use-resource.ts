import { useSearchParams } from '@remix-run/react';
import { useState } from 'react';
import { keepInAddress } from '../ui/address.js';
import { type ResourceName, resourceNames } from './resources.js';

/** Short words for the address. */
const words: Readonly<Record<ResourceName, string>> = {
  memoryBytes: 'memory',
  cpuMillicores: 'cpu',
  bandwidthBytesPerMonth: 'bandwidth',
};

/** Which resource of the pool is looked at. */
export function useResource(): readonly [ResourceName, (resource: ResourceName) => void] {
  const [search] = useSearchParams();
  const named = resourceNames.find((name) => words[name] === search.get('resource'));
  const [resource, setResource] = useState<ResourceName>(named ?? 'memoryBytes');
  const choose = (next: ResourceName) => {
    setResource(next);
    keepInAddress('resource', words[next]);
  };
  return [resource, choose];
}

import { dnsServer } from '../testing/dns-server.js';
import { fakeResolver } from './fake.js';
import { nodeResolver } from './node.js';
import { resolverConformance } from './resolver.conformance.js';

resolverConformance('fake', async () => {
  const resolver = fakeResolver();
  return { resolver, set: resolver.set, silence: resolver.silence, close: async () => {} };
});

resolverConformance('node', async () => {
  const server = await dnsServer();
  return { ...server, resolver: nodeResolver([server.address]) };
});

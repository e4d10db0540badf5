import { sourceConformance } from './source.conformance.js';
import { fakeSource, type FakeFiles } from './fake.js';

let files: FakeFiles = {};

sourceConformance('fake', {
  source: (limits) => {
    const source = fakeSource(limits);
    source.publish('https://git.test/acme/shop', files);
    return source;
  },
  publish: (content) => {
    files = content;
    return Promise.resolve({
      kind: 'git',
      repositoryUrl: 'https://git.test/acme/shop',
      ref: null,
      rootDirectory: null,
    });
  },
  missing: () => ({ kind: 'git', repositoryUrl: 'https://git.test/acme/none', ref: null, rootDirectory: null }),
});

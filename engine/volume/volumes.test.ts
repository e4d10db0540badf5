import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fakeVolumes, type FakeDisk } from './fake.js';
import { folderVolumes } from './folder.js';
import { volumeFolder } from './volume-folder.js';
import { volumesConformance } from './volumes.conformance.js';

volumesConformance('fake', async () => {
  const disk: FakeDisk = new Map();
  return {
    create: () => fakeVolumes(disk),
    write: async (id, text) => void disk.get(id)?.set('file', text),
    read: async (id) => disk.get(id)?.get('file') ?? null,
    tearDown: async () => undefined,
  };
});

volumesConformance('folder', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-volumes-'));
  const fileOf = (id: string) => path.join(volumeFolder(folder, id), 'file');
  return {
    create: () => folderVolumes({ folder }),
    write: (id, text) => writeFile(fileOf(id), text),
    read: (id) => readFile(fileOf(id), 'utf8').catch(() => null),
    tearDown: () => rm(folder, { recursive: true, force: true }),
  };
});

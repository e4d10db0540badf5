import { Apployd } from '@apployd/sdk';
import { ada, type Front } from './a-front.js';
import { anInvitation } from './mails.js';

const MiB = 1024 ** 2;

/** Two more of Ada's organizations, by their slugs: one without a project, and one whose pool is given away. */
export async function otherOrganizations({ platform: { apployd }, repository }: Front) {
  const { organization: empty } = await apployd.organizations.create({ name: 'Empty' });
  const { organization: full } = await apployd.organizations.create({ name: 'Full' });
  const { total } = (await apployd.organizations.get({ id: full.id })).pool;
  const half = {
    memoryBytes: Math.floor(total.memoryBytes / 2 / MiB) * MiB,
    cpuMillicores: Math.floor(total.cpuMillicores / 2),
    bandwidthBytesPerMonth: Math.floor(total.bandwidthBytesPerMonth / 2),
  };
  for (const name of ['left', 'right']) {
    await apployd.projects.create({
      ...{ organizationId: full.id, name, repositoryUrl: repository.url, resources: half },
    });
  }
  return { empty: empty.slug, full: full.slug };
}

/** Somebody whom Ada has invited, and who has come. */
export async function aMember(front: Front, role: 'VIEWER' | 'DEVELOPER') {
  const person = { name: 'Mary', email: `mary-${role.toLowerCase()}@example.com`, password: ada.password };
  const path = await anInvitation(front, person.email, role);
  const theirs = new Apployd({ url: front.platform.urls.server });
  await theirs.account.signUp({ ...person, invitation: path.split('/').at(-1) });
  return person;
}

import { ArrowUpFromLine, Droplets, Rocket, RotateCcw, X } from 'lucide-react';
import { isOver, isPromotable, titleOf } from '../deployment/state.js';
import type { ProjectRow } from '../shell/organization-context.js';
import type { Command, Question } from './command.js';
import type { Known, KnownDeployment } from './known.js';

/** What can be done: for the project that is open at once, for all others when somebody types. */
export function acts(known: Known): readonly Command[] {
  const { organization, project } = known;
  return [
    {
      id: 'divide',
      group: 'Do',
      title: 'Divide the pool',
      hint: 'Resize the slices of projects; nothing changes before you apply it',
      words: 'resize memory cpu bandwidth',
      icon: Droplets,
      run: { to: `/${organization.slug}/pool` },
    },
    ...organization.projects.nodes.flatMap((one) => {
      if (one.state === 'DELETING') return [];
      const isDeep = one.id !== project?.id;
      const newest = known.deployments.get(one.id) ?? [];
      const act = actOf(organization.slug, one, isDeep);
      return [
        ...deploy(one, act),
        ...cancels(one, newest, act),
        ...promotions(one, newest, act),
        ...rollBacks(one, newest, act),
      ];
    }),
  ];
}

type Act = (
  id: string,
  title: string,
  icon: Command['icon'],
  fields: Readonly<Record<string, string>>,
  more: { readonly hint: string; readonly question?: Question },
) => Command;

const actOf =
  (organization: string, { id: projectId, slug }: ProjectRow, isDeep: boolean): Act =>
  (id, title, icon, fields, { hint, question }) => ({
    id: `${id} ${projectId}`,
    group: 'Do',
    title,
    hint,
    icon,
    isDeep,
    run: { submit: { action: `/${organization}/${slug}/deployments`, fields }, question },
  });

function deploy({ slug, repository, productionEnvironment }: ProjectRow, act: Act): readonly Command[] {
  if (!repository) return [];
  const branch = repository.defaultBranch ?? 'the default branch';
  const hint = `Builds ${branch}; it takes the traffic once it answers its health check`;
  const question = { title: `Deploy ${slug}?`, text: `${hint}.`, yes: 'Deploy' };
  return [
    act(
      'deploy',
      `Deploy ${slug}`,
      Rocket,
      { intent: 'deploy', environmentId: productionEnvironment.id },
      { hint, question },
    ),
  ];
}

const cancels = ({ slug }: ProjectRow, newest: readonly KnownDeployment[], act: Act): readonly Command[] =>
  newest
    .filter(({ status }) => !isOver(status))
    .map((one) =>
      act(
        `cancel ${one.number}`,
        `Cancel ${slug} ${one.number}`,
        X,
        { intent: 'cancel', deploymentId: one.id },
        {
          hint: `Stops “${titleOf(one)}”; what serves keeps serving`,
        },
      ),
    );

const promotions = ({ slug, productionEnvironment }: ProjectRow, newest: readonly KnownDeployment[], act: Act) =>
  newest
    .filter(
      ({ status, serving, environment }) => isPromotable({ status, serving }) && environment.kind !== 'PRODUCTION',
    )
    .map((one): Command => {
      const title = `Promote ${slug} ${one.number} to production`;
      const hint = `“${titleOf(one)}” of ${one.environment.slug}: the same image, no build, production's own variables`;
      const fields = { intent: 'promote', environmentId: productionEnvironment.id, deploymentId: one.id };
      const question = { title: `${title}?`, text: `${hint}. Databases stay as they are.`, yes: 'Promote' };
      return act(`promote ${one.number}`, title, ArrowUpFromLine, fields, { hint, question });
    });

const rollBacks = (project: ProjectRow, newest: readonly KnownDeployment[], act: Act): readonly Command[] =>
  newest
    .filter(({ canRollbackTo }) => canRollbackTo)
    .map((one) => {
      const { environment } = one;
      const slug = environment.kind === 'PRODUCTION' ? project.slug : `${project.slug} ${environment.slug}`;
      const title = `Roll back ${slug} to ${one.number}`;
      const hint = `“${titleOf(one)}”: the same image, no build, the variables of now`;
      const fields = { intent: 'rollback', environmentId: environment.id, deploymentId: one.id };
      return act(`rollback ${one.number}`, title, RotateCcw, fields, {
        hint,
        question: { title: `${title}?`, text: `${hint}. Databases stay as they are.`, yes: 'Roll back' },
      });
    });

import { DeploymentFailure } from '@apployd/core/failure';
import { answerOf, statusOf } from './docker-call.js';

/** What Docker's refusal to start a container means for the customer whose image it is; null where it is none of theirs. */
export function startFailure(error: unknown): DeploymentFailure | null {
  const answer = answerOf(error);
  if (statusOf(error) === null || !ofTheImage.test(answer) || ofTheMachine.test(answer)) return null;
  return new DeploymentFailure(
    'START_CRASH',
    'START',
    `Docker cannot start the image: ${plain(answer)}. Correct what its Dockerfile says of USER, WORKDIR, VOLUME, CMD or ENTRYPOINT.`,
  );
}

/** A user who is not in the image, a program that is not there or may not be run, a volume over what the system needs. */
const ofTheImage =
  /unable to find (user|group) |uids and gids must be in range|no command specified|\bexec: |executable file not found|error mounting "[^"]*\/volumes\/|error during container init: (open|mkdir|chdir)|cannot be mounted because/i;
const ofTheMachine =
  /no space left|cannot allocate memory|too many open files|resource temporarily|cgroup|(?<!\/sbin\/)docker-init|input\/output error/i;

/** Without the way that the message took, and without paths of the machine. */
function plain(answer: string): string {
  const words = answer
    .replace(/^.*(unable to start container process|error during container init): /s, '')
    .replace(/: unknown$/, '')
    .replace(/\/[^\s":]*\/(overlay2|volumes|containers)\/[^\s":]*/g, '…')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
  return words.length > 300 ? `${words.slice(0, 299)}…` : words;
}

import { type Calls, found, keyed, unwrap } from './calls.js';
import {
  VolumeCreateDocument,
  VolumeDeleteDocument,
  VolumeListDocument,
  VolumeRestoreDocument,
} from './generated/operations.js';
import type {
  VolumeCreateInput,
  VolumeCreateMutation,
  VolumeDeleteInput,
  VolumeDeleteMutation,
  VolumeRestoreMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { ResultOf, Volume } from './types.js';

export interface Volumes {
  /** Those of an environment, by name; those that are being deleted among them. Throws NotFoundError. */
  list(environmentId: string, options?: RequestOptions): Promise<readonly Volume[]>;
  /**
   * Gives an environment a directory that outlives releases; what is started from now on has it. From then on a deployment ends the former
   * release before it starts the new one: its `strategy` is STOP_FIRST.
   * Throws ValidationError, NotFoundError, ForbiddenError, ConflictError (its name or path is taken), InvalidStateError (more than one
   * instance is to run), PlanLimitError (there are too many), IdempotencyError.
   */
  create(input: VolumeCreateInput, options?: KeyedOptions): Promise<Volume>;
  /**
   * What is started from now on is without it. `restore` undoes it for 72 hours, until `deletesAt`; then it is erased with all that is in
   * it. `confirmName` is its name. Throws ValidationError, NotFoundError, ForbiddenError, InvalidStateError (it is deleted already),
   * IdempotencyError.
   */
  delete(input: VolumeDeleteInput, options?: KeyedOptions): Promise<Volume>;
  /**
   * Brings a deleted volume back with all that is in it. Throws NotFoundError, ForbiddenError, ConflictError (its path is taken),
   * InvalidStateError (it is not deleted, or its time is over), IdempotencyError.
   */
  restore(volumeId: string, options?: KeyedOptions): Promise<Volume>;
}

export interface TryVolumes {
  create(input: VolumeCreateInput, options?: KeyedOptions): Promise<ResultOf<VolumeCreateMutation>>;
  delete(input: VolumeDeleteInput, options?: KeyedOptions): Promise<ResultOf<VolumeDeleteMutation>>;
  restore(volumeId: string, options?: KeyedOptions): Promise<ResultOf<VolumeRestoreMutation>>;
}

export function tryVolumes({ mutate }: Calls): TryVolumes {
  return {
    create: (input, options) => mutate(VolumeCreateDocument, { input: keyed(input, options) }, options),
    delete: (input, options) => mutate(VolumeDeleteDocument, { input: keyed(input, options) }, options),
    restore: (volumeId, options) => mutate(VolumeRestoreDocument, { input: keyed({ volumeId }, options) }, options),
  };
}

export function volumes({ request }: Calls, attempt: TryVolumes): Volumes {
  return {
    list: async (environmentId, options) =>
      found((await request(VolumeListDocument, { environmentId }, options)).environment, 'environment', environmentId)
        .volumes,
    create: async (...call) => unwrap(await attempt.create(...call)).volume,
    delete: async (...call) => unwrap(await attempt.delete(...call)).volume,
    restore: async (...call) => unwrap(await attempt.restore(...call)).volume,
  };
}

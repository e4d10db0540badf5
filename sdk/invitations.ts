import { type Calls, found, keyed, permitted, unwrap } from './calls.js';
import {
  InvitationAcceptDocument,
  InvitationListDocument,
  InvitationPreviewDocument,
  InvitationRevokeDocument,
} from './generated/operations.js';
import type {
  InvitationAcceptInput,
  InvitationAcceptMutation,
  InvitationRevokeInput,
  InvitationRevokeMutation,
} from './generated/types.js';
import type { KeyedOptions, RequestOptions } from './http/requests.js';
import type { Invitation, InvitationPreview, PayloadOf, ResultOf } from './types.js';

/** Ways into an organization. They are sent with `members.invite`. */
export interface Invitations {
  /** Those of an organization that can be accepted. Throws NotFoundError, ForbiddenError (it takes an admin). */
  list(organizationId: string, options?: RequestOptions): Promise<readonly Invitation[]>;
  /** What the holder of a link may know, signed in or not, by the secret in it. Throws NotFoundError. */
  preview(secret: string, options?: RequestOptions): Promise<InvitationPreview>;
  /** Makes you a member, when it was sent to your own address. Throws NotFoundError, ForbiddenError, InvalidStateError (expired, revoked, accepted). */
  accept(input: InvitationAcceptInput, options?: KeyedOptions): Promise<PayloadOf<InvitationAcceptMutation>>;
  /** Takes one back. Throws NotFoundError, ForbiddenError, InvalidStateError (it was accepted). */
  revoke(input: InvitationRevokeInput, options?: KeyedOptions): Promise<PayloadOf<InvitationRevokeMutation>>;
}

export interface TryInvitations {
  accept(input: InvitationAcceptInput, options?: KeyedOptions): Promise<ResultOf<InvitationAcceptMutation>>;
  revoke(input: InvitationRevokeInput, options?: KeyedOptions): Promise<ResultOf<InvitationRevokeMutation>>;
}

export function tryInvitations({ mutate }: Calls): TryInvitations {
  return {
    accept: (input, options) => mutate(InvitationAcceptDocument, { input: keyed(input, options) }, options),
    revoke: (input, options) => mutate(InvitationRevokeDocument, { input: keyed(input, options) }, options),
  };
}

export function invitations({ request }: Calls, attempt: TryInvitations): Invitations {
  return {
    list: async (organizationId, options) => {
      const { organization } = await request(InvitationListDocument, { organizationId }, options);
      return permitted(found(organization, 'organization', organizationId).invitations, 'ADMIN');
    },
    preview: async (secret, options) =>
      found((await request(InvitationPreviewDocument, { secret }, options)).invitation, 'invitation'),
    accept: async (...call) => unwrap(await attempt.accept(...call)),
    revoke: async (...call) => unwrap(await attempt.revoke(...call)),
  };
}

import type { Member, OrganizationRole } from '@apployd/sdk';
import { Form } from '@remix-run/react';
import { useState } from 'react';
import { roleName, rolesGivenBy } from '../../people/roles.js';
import { Button } from '../../ui/button.js';
import { Confirmed } from '../../ui/confirmed.js';
import { Select } from '../../ui/select.js';

type Props = {
  readonly member: Member;
  readonly organizationId: string;
  /** What the visitor may give; null: they change nothing here. */
  readonly viewerRole: OrganizationRole | null;
  readonly isSelf: boolean;
};

export const MemberRow = ({ member, organizationId, viewerRole, isSelf }: Props) => {
  const { user, role } = member;
  const isChangeable = viewerRole !== null && !isSelf && (role !== 'OWNER' || viewerRole === 'OWNER');
  const fields = { intent: 'remove', organizationId, userId: user.id, who: user.name };
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 lg:px-5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="truncate font-medium">
          {user.name}
          {isSelf && <span className="font-normal text-muted"> (you)</span>}
        </p>
        <p className="truncate text-sm text-muted">{user.email}</p>
      </div>
      {isChangeable ? (
        <RoleForm key={role} member={member} organizationId={organizationId} viewerRole={viewerRole} />
      ) : (
        <span className="text-sm text-muted">{roleName(role)}</span>
      )}
      {isChangeable && (
        <Confirmed
          label="Remove"
          about={user.name}
          title={`Remove ${user.name}?`}
          text="They see nothing of the organization any more, and their tokens end. What they deployed keeps running."
          fields={fields}
        />
      )}
    </li>
  );
};

function RoleForm({ member: { user, role }, organizationId, viewerRole }: Omit<Props, 'isSelf'>) {
  const [chosen, choose] = useState<string>(role);
  return (
    <Form method="post" className="flex items-center gap-2">
      <input type="hidden" name="intent" value="role" />
      <input type="hidden" name="organizationId" value={organizationId} />
      <input type="hidden" name="userId" value={user.id} />
      <input type="hidden" name="who" value={user.name} />
      <Select
        id={`role-${user.id}`}
        name="role"
        label={`Role of ${user.name}`}
        isBare
        value={chosen}
        onChange={(event) => choose(event.target.value)}
        options={rolesGivenBy(viewerRole ?? 'VIEWER')}
      />
      {chosen !== role && (
        <Button type="submit" small>
          Save<span className="sr-only"> the role of {user.name}</span>
        </Button>
      )}
    </Form>
  );
}

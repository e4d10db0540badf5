import { sharedSettings } from '@apployd/backplane/config/shared';
import { edgeSettings } from '@apployd/edge/config';
import { engineSettings } from '@apployd/engine/config';
import { launchSettings } from '@apployd/launch/config';
import { serverSettings } from '@apployd/server/config';
import { z } from 'zod';
import { dashboardSettings } from '../../dashboard/config.js';

/** What the settings of everything that is started look like. The launcher starts the others, and reads theirs too. */
const readers = {
  server: serverSettings,
  engine: engineSettings,
  edge: edgeSettings,
  dashboard: dashboardSettings,
  'npm start': launchSettings,
} as const satisfies Record<string, z.ZodObject>;

export type Reader = keyof typeof readers;

export type Setting = {
  readonly name: string;
  /** Each with what it takes when the variable is absent. */
  readonly readBy: readonly { readonly reader: Reader; readonly absent: Absent }[];
  /** Where it is explained: a reader, or `shared` for what most of them read. */
  readonly group: 'shared' | Reader;
  readonly description: string | null;
  readonly secret: 'value' | 'password' | null;
  /** What may be chosen from, where it is not free. */
  readonly choices: readonly string[];
};

/** A value; text about it where the machine decides; nothing; or the start is refused. */
export type Absent =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'required' };

/** Every setting of every process by its name. One that is described twice in two ways is refused. */
export function allSettings(): readonly Setting[] {
  const names = new Set(Object.values(readers).flatMap(({ shape }) => Object.keys(shape)));
  return [...names].map((name) => settingOf(name, facesOf(name)));
}

/** A setting as one of its readers sees it. */
type Face = { readonly reader: Reader; readonly absent: Absent; readonly meta: Meta };

const metaSchema = z.object({
  description: z.string().optional(),
  secret: z.enum(['value', 'password']).optional(),
  shownDefault: z.string().optional(),
  enum: z.array(z.string()).optional(),
});
type Meta = z.infer<typeof metaSchema>;

function facesOf(name: string): readonly Face[] {
  return (Object.keys(readers) as Reader[]).flatMap((reader) => {
    const schema: z.ZodType | undefined = (readers[reader].shape as Record<string, z.ZodType>)[name];
    if (!schema) return [];
    const meta = metaSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
    return [{ reader, meta, absent: absentOf(schema, meta) }];
  });
}

function absentOf(schema: z.ZodType, { shownDefault }: Meta): Absent {
  if (shownDefault !== undefined) return { kind: 'text', text: shownDefault };
  const { success, data } = schema.safeParse(undefined);
  if (!success) return { kind: 'required' };
  const value = data === undefined ? '' : String(data);
  return value === '' ? { kind: 'nothing' } : { kind: 'value', value };
}

function settingOf(name: string, faces: readonly Face[]): Setting {
  const [first] = faces;
  return {
    name,
    readBy: faces.map(({ reader, absent }) => ({ reader, absent })),
    group: name in sharedSettings.shape || !first ? 'shared' : first.reader,
    description: onlyOne(name, faces, ({ description }) => description),
    secret: onlyOne(name, faces, ({ secret }) => secret),
    choices: faces.find(({ meta }) => meta.enum)?.meta.enum ?? [],
  };
}

/** What the readers that say something about it say: the same. */
function onlyOne<Value>(name: string, faces: readonly Face[], of: (meta: Meta) => Value | undefined): Value | null {
  const said = new Set(faces.map(({ meta }) => of(meta)).filter((value) => value !== undefined));
  if (said.size > 1) throw new Error(`${name} is described in several ways: say once what it is.`);
  return [...said][0] ?? null;
}

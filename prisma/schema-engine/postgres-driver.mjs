import { PrismaPg } from '@prisma/adapter-pg';
import { readInternalChars } from './internal-char.mjs';
import { noDatabase } from './no-database.mjs';

/**
 * @prisma/adapter-pg as a driver of the schema engine, where 7.10 falls short of that: it knows no work without a
 * database, nor the catalogue's type "char", and it drops its shadow database before it lets go of it.
 */
export function postgresDriver(url) {
  const connect = url ? connector(url) : () => Promise.resolve(noDatabase());
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(url),
    connectToShadowDb: () => (url ? shadowDatabase(url, connect) : connect()),
  };
}

function connector(url) {
  const schema = new URL(url).searchParams.get('schema') ?? undefined;
  return async (to) => readInternalChars(await new PrismaPg({ connectionString: to, max: 2 }, { schema }).connect());
}

/** An empty database beside this one, dropped with its connection. */
async function shadowDatabase(url, connect) {
  const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
  const beside = new URL(url);
  beside.pathname = `/${name}`;
  const admin = await connect(url);
  await admin.executeScript(`CREATE DATABASE "${name}"`);
  const shadow = await connect(beside.toString());
  const close = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await close();
    await admin.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    await admin.dispose();
  };
  return shadow;
}

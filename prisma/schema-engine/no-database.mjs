import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

const columns = { exists: ColumnTypeEnum.Boolean, version: ColumnTypeEnum.Text, numeric_version: ColumnTypeEnum.Int32 };
const row = [true, 'PostgreSQL 18.0', 180000];

/** A connection that answers only which version it is, because the engine asks that even to compare two files. */
export function noDatabase() {
  const refuse = () => Promise.reject(new Error('This needs a database: set DATABASE_URL.'));
  return {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    queryRaw: async ({ sql }) => (sql.includes('server_version_num') ? version() : refuse()),
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => {},
  };
}

const version = () => ({ columnNames: Object.keys(columns), columnTypes: Object.values(columns), rows: [row] });

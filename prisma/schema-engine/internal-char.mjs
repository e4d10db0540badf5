import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const charType = 18;
const textType = 25;
const charColumns = new Set();

/** Teaches a connection the catalogue's type "char", at which @prisma/adapter-pg gives up. */
export function readInternalChars(connection) {
  const queryRaw = connection.queryRaw.bind(connection);
  connection.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const columnTypes = result.columnNames.map((name, i) =>
      charColumns.has(name) ? ColumnTypeEnum.Character : result.columnTypes[i],
    );
    return { ...result, columnTypes };
  };
  return connection;
}

// Changes pg for this whole process, in which nothing else runs: such columns pass the adapter as text and are noted.
const { addFields } = pg.Result.prototype;
pg.Result.prototype.addFields = function (fields) {
  for (const field of fields) {
    if (field.dataTypeID !== charType) continue;
    field.dataTypeID = textType;
    charColumns.add(field.name);
  }
  return addFields.call(this, fields);
};

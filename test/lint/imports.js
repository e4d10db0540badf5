import path from 'node:path';
import { backplaneAdapters, doors, isMain, isTest, ports, pureModules, rooms } from './house.js';

/** The rule `house/imports`: rooms, ports and vendors are imported by those who may. */
export const imports = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{why}}' } },
  /** @param {import('eslint').Rule.RuleContext} context */
  create(context) {
    const file = slashes(path.relative(context.cwd, context.filename));
    /** @param {any} node */
    const check = ({ source }) => {
      if (typeof source?.value !== 'string') return;
      const why = whyForbidden(file, source.value);
      if (why) context.report({ node: source, messageId: 'forbidden', data: { why } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      TSImportType: check,
    };
  },
};

/**
 * @param {string} file from the root of the repository
 * @param {string} specifier
 * @returns {string | null}
 */
export function whyForbidden(file, specifier) {
  const room = file.split('/')[0] ?? '';
  if (!Object.hasOwn(rooms, room)) return null;
  const target = ownFile(file, specifier);
  return target ? whyNotOwn(file, room, target) : whyNotVendor(file, room, packageOf(specifier));
}

/** @param {string} file @param {string} room @param {string} target */
function whyNotOwn(file, room, target) {
  const other = target.split('/')[0] ?? '';
  if (isTest(file) && room !== 'sdk') return null;
  if (room !== other && !mayKnow(file, room).includes(other))
    return `${room} may not know ${other}. Rooms talk through the database and the backplane.`;
  if (room !== 'backplane' && !isMain(file) && backplaneAdapters.test(target))
    return `${target} is an adapter, or picks one: only main.ts may know it. Take the port as an argument.`;
  return isMain(file) ? null : whyNotPort(file, target);
}

/**
 * @param {string} file @param {string} room
 * @returns {readonly string[]}
 */
function mayKnow(file, room) {
  const folder = Object.keys(rooms).find((name) => name.includes('/') && file.startsWith(`${name}/`));
  return rooms[/** @type {keyof typeof rooms} */ (folder ?? room)];
}

/** @param {string} file @param {string} target */
function whyNotPort(file, target) {
  const port = portOf(target);
  if (!port || portOf(file)) return null;
  const face = `${port}/${path.basename(port)}`;
  return target.replace(/\.[jt]s$/, '') === face
    ? null
    : `${target} is behind a port: import ${face}, and let main.ts pick the adapter.`;
}

/** @param {string} file */
const portOf = (file) => ports.find((folder) => file.startsWith(`${folder}/`));

/** @param {string} file @param {string} room @param {string} name */
function whyNotVendor(file, room, name) {
  if (isTest(file)) return null;
  if (room === 'core' && !pureModules.includes(name)) return `core is pure: it may not import ${name}.`;
  const door = doors[/** @type {keyof typeof doors} */ (name)];
  if (!door || door.some((files) => files.test(file))) return null;
  return `${name} has one door: ${door.map((files) => files.source).join(', ')}.`;
}

/**
 * Where in the repository it leads; null when it leads out of it.
 * @param {string} file @param {string} specifier
 */
function ownFile(file, specifier) {
  if (specifier.startsWith('.')) return slashes(path.join(path.dirname(file), specifier));
  return specifier.startsWith('@apployd/') ? specifier.slice('@apployd/'.length) : null;
}

/** @param {string} specifier */
function packageOf(specifier) {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** @param {string} file */
const slashes = (file) => file.split(path.sep).join('/');

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beyondBandwidth, inForce, limitBy, readBandwidthLimit, type ProjectBandwidth } from './bandwidth.js';

const project = (projectId: string, sliceBytes: number, bytesOut: number, beyondBytes = 0): ProjectBandwidth => ({
  projectId,
  sliceBytes,
  bytesOut,
  beyondBytes,
  // Whatever it had before, all of it counts.
  mostSliceBytes: Infinity,
  mostRestBytes: 0,
});
const beyond = (pool: number, ...projects: ProjectBandwidth[]) =>
  Object.fromEntries(beyondBandwidth(pool, projects, null));

const amount = fc.integer({ min: 0, max: 200 });
const anyProjects = fc
  .array(fc.record({ sliceBytes: amount, bytesOut: amount, share: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    maxLength: 6,
  })
  .map((all) =>
    all.map(({ sliceBytes, bytesOut, share }, i) =>
      project(String(i), sliceBytes, bytesOut, Math.floor(bytesOut * share)),
    ),
  );
const total = (of: readonly ProjectBandwidth[], bytes: (each: ProjectBandwidth) => number) =>
  of.reduce((sum, each) => sum + bytes(each), 0);
const counted = ({ bytesOut, beyondBytes }: ProjectBandwidth) => bytesOut - beyondBytes;

test('a project is held to its own slice, and another one keeps what was promised to it', () => {
  expect(beyond(200, project('a', 100, 99), project('b', 100, 10))).toEqual({});
  expect(beyond(200, project('a', 100, 100), project('b', 100, 10))).toEqual({ a: 'SLICE' });
  // What it sent beyond, slowly, takes nothing from the other.
  expect(beyond(200, project('a', 100, 500, 400), project('b', 100, 99))).toEqual({ a: 'SLICE' });
});

test('who has no slice takes of what is left of the pool, and not of the slices of others', () => {
  expect(beyond(200, project('a', 100, 0), project('b', 0, 99))).toEqual({});
  expect(beyond(200, project('a', 100, 0), project('b', 0, 60), project('c', 0, 40))).toEqual({ b: 'POOL', c: 'POOL' });
  expect(beyond(100, project('a', 100, 0), project('b', 0, 0))).toEqual({});
});

test('a slice that was used and given to another is not there a second time', () => {
  expect(beyond(100, project('a', 0, 100), project('b', 100, 1))).toEqual({ a: 'POOL', b: 'POOL' });
});

test('where bandwidth beyond the pool is bought nobody is held before the pool and the cap are used', () => {
  const heldWith = (cap: number, ...projects: ProjectBandwidth[]) =>
    Object.fromEntries(beyondBandwidth(100, projects, cap));
  expect(heldWith(50, project('a', 50, 149), project('b', 50, 0))).toEqual({});
  expect(heldWith(50, project('a', 50, 110), project('b', 50, 40))).toMatchObject({ a: 'SLICE' });
  // What was sent slowly is not bought.
  expect(heldWith(50, project('a', 50, 300, 200), project('b', 0, 49))).toEqual({});
});

test('a project within its slice is never held, as long as slices and what was sent fit the pool', () => {
  fc.assert(
    fc.property(anyProjects, (projects) => {
      const holders = projects.filter(({ sliceBytes }) => sliceBytes > 0);
      const others = projects.filter(({ sliceBytes }) => sliceBytes === 0);
      const pool = total(holders, (each) => Math.max(each.sliceBytes, counted(each))) + total(others, counted);
      const held = beyondBandwidth(pool, projects, null);
      for (const each of holders) {
        expect(held.get(each.projectId)).toBe(each.bytesOut >= each.sliceBytes ? 'SLICE' : undefined);
      }
    }),
  );
});

test('what goes beyond before anybody notices takes nothing from another, with slices that stay as they are', () => {
  fc.assert(
    fc.property(anyProjects, amount, (figures, free) => {
      const promised = total(figures, (each) => each.sliceBytes);
      const pool = promised + free;
      const projects = figures.map((each) => ({
        ...each,
        mostSliceBytes: each.sliceBytes,
        mostRestBytes: each.sliceBytes > 0 ? 0 : free,
      }));
      const held = beyondBandwidth(pool, projects, null);
      for (const each of projects.filter(({ sliceBytes }) => sliceBytes > 0)) {
        expect(held.get(each.projectId)).toBe(each.bytesOut >= each.sliceBytes ? 'SLICE' : undefined);
      }
    }),
  );
});

test('a smaller slice, or one for who had none, makes nothing unsent', () => {
  const had = (each: ProjectBandwidth, mostSliceBytes: number, mostRestBytes: number) => ({
    ...each,
    mostSliceBytes,
    mostRestBytes,
  });
  const b = had(project('b', 50, 10), 50, 0);
  expect(beyond(100, had(project('a', 10, 95), 90, 0), b)).toEqual({ a: 'SLICE', b: 'POOL' });
  expect(beyond(100, had(project('a', 10, 95), 50, 0), b)).toEqual({ a: 'SLICE' });
  expect(beyond(100, had(project('a', 1, 95), 1, 100), b)).toEqual({ a: 'SLICE', b: 'POOL' });
  expect(beyond(100, had(project('a', 0, 95), 0, 50), b)).toEqual({ a: 'POOL' });
  // Together they take one rest.
  const others = [had(project('a', 0, 45), 0, 50), had(project('c', 0, 45), 0, 50)];
  expect(beyond(100, ...others, b)).toEqual({ a: 'POOL', c: 'POOL' });
});

test('once the pool is used up nobody goes on, however it is divided', () => {
  fc.assert(
    fc.property(anyProjects, (projects) => {
      const used = total(projects, counted);
      fc.pre(used > 0);
      expect(beyondBandwidth(used, projects, null).size).toBe(projects.length);
    }),
  );
});

test('a larger pool holds nobody who was not held before, and what is sent lets nobody go', () => {
  fc.assert(
    fc.property(anyProjects, amount, amount, fc.nat(5), (projects, pool, more, at) => {
      const held = beyondBandwidth(pool, projects, null);
      for (const id of beyondBandwidth(pool + more, projects, null).keys()) expect(held.has(id)).toBe(true);
      const after = projects.map((each, i) => (i === at ? { ...each, bytesOut: each.bytesOut + more } : each));
      const heldAfter = beyondBandwidth(pool, after, null);
      for (const id of held.keys()) expect(heldAfter.has(id)).toBe(true);
    }),
  );
});

test('a limit ends by itself with its period, and one that cannot be read limits nobody', () => {
  const until = new Date('2026-12-01T00:00:00Z');
  const limit = limitBy({ bandwidthRule: 'THROTTLE', throttleBytesPerSecond: 65_536 }, until);
  expect(readBandwidthLimit(JSON.parse(JSON.stringify(limit)))).toEqual(limit);
  expect(inForce(limit, new Date(until.getTime() - 1))).toEqual(limit);
  expect(inForce(limit, until)).toBeNull();
  expect(limitBy({ bandwidthRule: 'STOP', throttleBytesPerSecond: 65_536 }, until)).toEqual({
    rule: 'STOP',
    until: '2026-12-01T00:00:00.000Z',
  });
  expect([readBandwidthLimit({ rule: 'BILL' }), readBandwidthLimit(null), inForce(null, until)]).toEqual([
    null,
    null,
    null,
  ]);
});

import type { Crumb, PageHandle } from '../shell/here.js';
import { addressIn } from './address.js';

/** The way to a page of a project: by the project, and by its environment where that is not production. */
export const crumbsTo =
  (label?: string): PageHandle['crumbs'] =>
  (params) => {
    const { org, project = '', environment } = params;
    const all: Crumb[] = [
      { label: 'Projects', to: `/${org}` },
      { label: project, to: `/${org}/${project}` },
      ...(environment ? [{ label: environment, to: addressIn(params) }] : []),
      ...(label ? [{ label }] : []),
    ];
    // The last one is this page.
    return all.map((crumb, index) => (index === all.length - 1 ? { label: crumb.label } : crumb));
  };

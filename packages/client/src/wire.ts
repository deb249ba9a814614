/** What goes over the wire. All of it is made from the API's own schemas and tables, in `contract/`. */
import type { Status } from './contract/job';

export type * from './contract/account';
export type * from './contract/delivery';
export type * from './contract/job';
export type * from './contract/query';
export type * from './contract/submit';
export * from './contract/bounds';
export * from './contract/formats';

export const isTerminal = (status: Status): boolean => status !== 'queued' && status !== 'running';

// The public name of the elections folder: its table.

export { ELECTIONS } from './table.ts';

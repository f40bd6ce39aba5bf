// The public name of the cse folder: its table.

export { CSE } from './table.ts';

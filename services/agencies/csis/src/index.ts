// The public name of the csis folder: its table.

export { CSIS } from './table.ts';

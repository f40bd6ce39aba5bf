// The public name of the gac folder: its table.

export { GAC } from './table.ts';

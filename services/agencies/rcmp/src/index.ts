// The public name of the rcmp folder: its table.

export { RCMP } from './table.ts';

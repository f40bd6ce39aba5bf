// The public names of the kernel, one by one. Nothing else can be imported.

export { CLASSIFIED, PROTECTED, TLP } from './model.ts';
export type { Cell, Classified, Clearance, Marking, Protected, Tlp } from './model.ts';
export { createMarking } from './create.ts';
export type { MarkingFields } from './create.ts';
export { clearanceDominates, createClearance, meet } from './clearance.ts';
export { join, joinAll } from './join.ts';
export { raise } from './raise.ts';
export type { CompilationRule } from './raise.ts';
export { isAtLeast, isWithin } from './order.ts';
export { dominates } from './dominates.ts';
export { cellOf, cellsOf } from './cell.ts';
export { isSameMarking, markingKey } from './key.ts';
export { print } from './print.ts';
export { parse } from './parse.ts';
export { parseParagraph, parsePortion, printParagraph, printPortion } from './portion.ts';
export type { MarkedParagraph } from './portion.ts';
export { MAX_MARKING_CHARS } from './words.ts';
export type { TextOptions } from './words.ts';
export { isImportRefusal, readImportedMarking } from './import-reader.ts';
export type { ImportOptions, ImportRefusal, NationGroups } from './import-reader.ts';
export { isNation, UNKNOWN_NATION } from './nations.ts';
export { MarkingError } from './errors.ts';

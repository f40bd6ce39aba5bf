// The public names of @sitebus/fusion.

export { createFusionService, inputTopicsOf } from './service.ts';
export type { FusionConfig, FusionParts } from './service.ts';
export { createThreadedAdmission } from './threaded-admission.ts';
export type { ThreadedAdmission, ThreadedAdmissionParts } from './threaded-admission.ts';
export type { Admitting } from './admitting.ts';
export { NO_COMMON_VALUES, loadCommonValues, toCommonValues } from './common-values.ts';
export type { CommonReason, CommonValues, WarningList } from './common-values.ts';
export { fuseFile } from './offline/fuse-file.ts';
export type { FuseOptions, FuseProgress, FuseSummary, NumberedRefusal } from './offline/fuse-file.ts';
export { loadListsForFile } from './offline/common-lists.ts';

// The settings of this service as a process: those of every agency, and none of its own.

export { loadAgencyConfig as loadCseConfig } from '@sitebus/imports';
